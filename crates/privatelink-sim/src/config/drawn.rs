//! What the provider may turn out to do, drawn by a number.

use std::time::Duration;

use super::{
    Config, EmptyDescription, MigratingShows, MigrationEnds, OtherConnectBandwidth, OwnerAmong, Span, StoredText,
    Switch, TokenMemory, UserLists, UserTotal,
};

impl Config {
    /// The same with every open guess drawn by a number: the same number, the same guesses. 0 leaves all of them as they are.
    ///
    /// Drawn is what nobody can know without the cloud and what a client must bear either way. What has to fit the pace of a test is at
    /// most `longest`. `auto_allocated` is not drawn: only a later look shows it, and how late that comes is the client's own affair.
    #[must_use]
    pub fn with_drawn_guesses(mut self, number: u64, longest: Duration) -> Self {
        if number == 0 {
            return self;
        }
        let mut draw = Draw(number);
        let guesses = &mut self.guesses;
        guesses.delete_drops_attachments = draw.switch();
        guesses.other_connect_bandwidth =
            draw.one_of([OtherConnectBandwidth::Ignored, OtherConnectBandwidth::Accepted]);
        guesses.user_lists = draw.one_of([UserLists::One, UserLists::Separate]);
        guesses.owner_among = draw.one_of([OwnerAmong::Ids, OwnerAmong::Arns, OwnerAmong::Both]);
        guesses.user_total = draw.one_of([UserTotal::Asked, UserTotal::Both]);
        guesses.total_ignores_tags = draw.switch();
        guesses.descriptions = draw.one_of([StoredText::AsSent, StoredText::Trimmed]);
        guesses.tag_values = draw.one_of([StoredText::AsSent, StoredText::Trimmed]);
        guesses.empty_description = draw.one_of([EmptyDescription::Clears, EmptyDescription::Ignored]);
        draw.one_of(TokenMemory::AT_WORK).clone_into(&mut self.tokens.at_work);
        self.tokens.remember_refusals = draw.switch();
        self.timers.account_lock = draw.one_of([Span::millis(0), Span::between(longest / 10, longest)]);
        self.lists.tags_late = draw.one_of([Duration::ZERO, longest / 2]);
        let migration = &mut self.guesses.migration;
        migration.shows = draw.one_of([MigratingShows::New, MigratingShows::Old]);
        migration.ends = draw.one_of([MigrationEnds::Call, MigrationEnds::ByItself]);
        migration.departed_are_related = draw.switch();
        self
    }
}

/// A sequence of numbers that follows from the first (splitmix64), so that a draw is the same on every machine and in every version.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn one_of<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        // The remainder is below the number of choices.
        let index = usize::try_from(self.next() % N as u64).unwrap_or_default();
        choices[index]
    }

    fn switch(&mut self) -> Switch {
        self.one_of([Switch::Off, Switch::On])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use serde_json::Value;

    use super::Config;

    fn drawn(number: u64) -> Value {
        let config = Config { accounts: Vec::new(), ..Config::fast() };
        serde_json::to_value(config.with_drawn_guesses(number, Duration::from_secs(10))).unwrap()
    }

    #[test]
    fn the_same_number_draws_the_same_and_none_draws_nothing() {
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        assert_eq!(drawn(0), serde_json::to_value(Config { accounts: Vec::new(), ..Config::fast() }).unwrap());
    }

    /// So many numbers are in use in the fault plans.
    #[test]
    fn the_first_two_dozen_numbers_draw_every_guess_in_every_way() {
        let ways = |pointer: &str| {
            let all = (1..=24).map(|number| drawn(number).pointer(pointer).unwrap().to_string());
            all.collect::<BTreeSet<_>>().len()
        };
        let cases = [
            ("/guesses/delete_drops_attachments", 2),
            ("/guesses/other_connect_bandwidth", 2),
            ("/guesses/user_lists", 2),
            ("/guesses/owner_among", 3),
            ("/guesses/user_total", 2),
            ("/guesses/total_ignores_tags", 2),
            ("/guesses/descriptions", 2),
            ("/guesses/tag_values", 2),
            ("/guesses/empty_description", 2),
            ("/tokens/at_work", 5),
            ("/tokens/remember_refusals", 2),
            ("/timers/account_lock", 2),
            ("/lists/tags_late", 2),
            ("/guesses/migration/shows", 2),
            ("/guesses/migration/ends", 2),
            ("/guesses/migration/departed_are_related", 2),
        ];
        for (pointer, expected) in cases {
            assert_eq!(ways(pointer), expected, "{pointer}");
        }
    }
}
