//! What a connection is worth: live, on its way, out. Pure; used by `teardown`.
