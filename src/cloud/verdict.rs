//! What an error of the cloud means to the person who reads the object.
