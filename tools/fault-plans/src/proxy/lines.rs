//! A byte stream, cut into lines.

use bytes::{Bytes, BytesMut};

/// Collects bytes and gives out lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: BytesMut,
    /// How much of it is known to hold no line feed, so that a long line in small pieces is not searched again and again.
    searched: usize,
}

impl Lines {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next line, with its line feed, if all of it is there.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        let found = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n');
        let Some(found) = found else {
            self.searched = self.bytes.len();
            return None;
        };
        let line = self.bytes.split_to(self.searched + found + 1).freeze();
        self.searched = 0;
        Some(line)
    }

    /// What is left when the stream has ended: a line that was never finished.
    pub(super) fn rest(self) -> Bytes {
        self.bytes.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_come_whole_however_the_bytes_come() {
        let mut lines = Lines::default();
        let mut seen = Vec::new();
        for piece in ["a", "b\nc\n", "", "\nd", "e", "\nf"] {
            lines.push(piece.as_bytes());
            seen.extend(std::iter::from_fn(|| lines.next()));
        }
        assert_eq!(seen, ["ab\n", "c\n", "\n", "de\n"]);
        assert_eq!(lines.rest(), "f");
    }
}
