"""Records anew what the SDK sends and what it reads: for the day when its version changes."""

from support.simulator import PROVIDER, TEMPORARY

import answers
from recording import record, write
from scenario import client_of

if __name__ == "__main__":
    write(record(client_of(PROVIDER), client_of(TEMPORARY)))
    answers.write(answers.answers())
