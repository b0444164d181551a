//! Which of many like places get plans.

use crate::reference::Shown;

/// So many of a kind get a plan each; of more, the first and one in the middle do. How many there are
/// in all differs from run to run when many objects are at work, so nothing is planned for the last.
const FEW: usize = 6;

/// The places among `count` of a kind, from 1.
pub(super) fn spread(count: usize) -> Vec<usize> {
    if count <= FEW { (1..=count).collect() } else { vec![1, count / 2] }
}

/// The same for events: what matters of most is the first and the last of a kind.
pub(super) fn events(events: &[Shown]) -> Vec<Shown> {
    spread(events.len()).into_iter().filter_map(|nth| events.get(nth - 1).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn few_places_all_count_and_of_many_some_do() {
        assert_eq!(spread(0), Vec::<usize>::new());
        assert_eq!(spread(3), [1, 2, 3]);
        assert_eq!(spread(20), [1, 10]);
    }
}
