//! A thing with its past, so that a list can show what was true some time ago.

use std::sync::Arc;

use jiff::Timestamp;

/// Versions of a thing, oldest first; the last one is current, and `None` means that it did not exist.
#[derive(Debug)]
pub(crate) struct Versioned<T> {
    versions: Vec<(Timestamp, Option<Arc<T>>)>,
    beginning: Beginning,
}

/// What is known of the time before the first version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beginning {
    /// It did not exist.
    Known,
    /// Older versions were forgotten.
    Forgotten,
}

impl<T> Versioned<T> {
    pub(crate) fn new(now: Timestamp, thing: T) -> Self {
        Self { versions: vec![(now, Some(Arc::new(thing)))], beginning: Beginning::Known }
    }

    pub(crate) fn current(&self) -> Option<&Arc<T>> {
        self.versions.last()?.1.as_ref()
    }

    /// What was true at `time`. Of a time that is forgotten, the oldest that is known is shown.
    pub(crate) fn at(&self, time: Timestamp) -> Option<&Arc<T>> {
        let past = self.versions.partition_point(|(since, _)| *since <= time);
        let index = match (past, self.beginning) {
            (0, Beginning::Known) => return None,
            (0, Beginning::Forgotten) => 0,
            _ => past - 1,
        };
        self.versions.get(index)?.1.as_ref()
    }

    /// From `now` on it is this. Versions that ended before `keep_from` are forgotten.
    pub(crate) fn set(&mut self, now: Timestamp, thing: Option<T>, keep_from: Timestamp) {
        if self.versions.last().is_some_and(|(since, _)| *since >= now) {
            self.versions.pop();
        }
        self.versions.push((now, thing.map(Arc::new)));
        let past = self.versions.partition_point(|(since, _)| *since <= keep_from);
        if past > 1 {
            self.versions.drain(..past - 1);
            self.beginning = Beginning::Forgotten;
        }
    }

    /// Whether it was gone at `time` already and for good.
    pub(crate) fn is_over(&self, time: Timestamp) -> bool {
        self.versions.last().is_some_and(|(since, thing)| thing.is_none() && *since <= time)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Versioned;

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).unwrap()
    }

    fn shown(thing: &Versioned<char>, n: i64) -> Option<char> {
        thing.at(second(n)).map(|thing| **thing)
    }

    #[test]
    fn the_past_is_shown_as_it_was() {
        let mut thing = Versioned::new(second(10), 'a');
        thing.set(second(20), Some('b'), second(0));
        thing.set(second(30), None, second(0));
        let seen: Vec<_> = [9, 10, 19, 20, 29, 30, 99].iter().map(|n| shown(&thing, *n)).collect();
        assert_eq!(seen, [None, Some('a'), Some('a'), Some('b'), Some('b'), None, None]);
        assert!(thing.current().is_none());
        assert!(thing.is_over(second(30)) && !thing.is_over(second(29)));
    }

    #[test]
    fn a_second_change_at_the_same_time_replaces_the_first() {
        let mut thing = Versioned::new(second(10), 'a');
        thing.set(second(10), Some('b'), second(0));
        assert_eq!((shown(&thing, 10), thing.versions.len()), (Some('b'), 1));
    }

    #[test]
    fn only_what_no_list_can_reach_is_forgotten() {
        let mut thing = Versioned::new(second(10), 'a');
        thing.set(second(20), Some('b'), second(0));
        thing.set(second(30), Some('c'), second(25));
        assert_eq!(thing.versions.len(), 2);
        assert_eq!((shown(&thing, 25), shown(&thing, 5)), (Some('b'), Some('b')));
    }
}
