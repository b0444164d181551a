"""Records anew what the SDK sends: for the day when its version changes."""

from support.simulator import PROVIDER, TEMPORARY

from recording import record, write
from story import client_of

if __name__ == "__main__":
    write(record(client_of(PROVIDER), client_of(TEMPORARY)))
