# Runs one program for an owner and survives neither of them:
#
#     sh -c THIS guard FOLDER NAME PROGRAM [ARGUMENT...]
#
# The owner holds the other end of our standard input. When that closes, because the owner is done or because it died in any
# way at all, the program is killed and FOLDER removed. Until then, each line that the owner writes is a signal for the program,
# such as TERM. NAME.pid holds the program's number, NAME.log its output. A program that ends by itself leaves its exit code in
# NAME.exit, and the folder stays, with its logs, as long as the owner does. Several guards may share a folder: each removes it
# after its own program is dead, so the last one removes it for good.
folder=$1 name=$2
shift 2

exec 3<&0
"$@" </dev/null >"$folder/$name.log" 2>&1 3<&- &
program=$!
echo "$program" >"$folder/$name.pid"

# Once the program is gone its number may belong to somebody else.
signal() { [ -e "$folder/$name.exit" ] || kill -s "$1" "$program" 2>/dev/null; }
trap 'signal KILL' HUP INT TERM

(
    while read -r wanted; do signal "$wanted"; done <&3
    signal KILL
) &
owner_watch=$!

wait "$program"
code=$?
# A trapped signal ends the wait above early; then this one waits for the death that the trap caused.
wait "$program" 2>/dev/null
echo "$code" >"$folder/$name.exit"
while kill -0 "$owner_watch" 2>/dev/null; do wait "$owner_watch"; done
rm -rf "$folder"
