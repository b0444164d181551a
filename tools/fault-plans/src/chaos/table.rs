//! What a run did and found, as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Found, Round};

pub(super) fn table(rounds: &[Round]) -> String {
    let mut text = String::from(
        "| Seed | Seconds | Converged after | Ready | Services | Creates | Cloud changes | Kubernetes writes | Starts | Complaints |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for round in rounds {
        let Found { ready, services, creates, changes, writes, starts } = round.found;
        let ([random, calm], complaints) = (round.seconds, round.complaints.len());
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {random:.0} | {calm:.1} s | {ready} | {services} | {creates} | {changes} | {writes} | {starts} | {complaints} |",
            round.seed
        );
    }
    text.push_str("\n| What happened | Times |\n|---|---|\n");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for round in rounds {
        let acts = round.acts.iter().map(|(act, count)| ((*act).to_owned(), count));
        for (what, count) in acts.chain(round.faults.iter().map(|(fault, count)| (fault.clone(), count))) {
            *counts.entry(what).or_default() += count;
        }
    }
    for (what, count) in counts {
        let _ = writeln!(text, "| {what} | {count} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Found, Round};
    use super::table;

    #[test]
    fn a_line_for_each_round_and_the_sum_of_what_happened() {
        let found = Found { ready: 9, services: 9, creates: 30, changes: 90, writes: 200, starts: 4 };
        let round = |seed| Round {
            seed,
            seconds: [60.2, 5.25],
            acts: [("kubectl apply", 20)].into(),
            faults: [("watch: lose".to_owned(), 2)].into(),
            found,
            ..Round::default()
        };
        let expected = "\
| Seed | Seconds | Converged after | Ready | Services | Creates | Cloud changes | Kubernetes writes | Starts | Complaints |
|---|---|---|---|---|---|---|---|---|---|
| 1 | 60 | 5.2 s | 9 | 9 | 30 | 90 | 200 | 4 | 0 |
| 2 | 60 | 5.2 s | 9 | 9 | 30 | 90 | 200 | 4 | 0 |

| What happened | Times |
|---|---|
| kubectl apply | 40 |
| watch: lose | 4 |
";
        assert_eq!(table(&[round(1), round(2)]), expected);
    }
}
