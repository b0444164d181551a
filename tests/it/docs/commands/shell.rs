//! The commands of a page, taken apart as a shell does it, as far as the pages need that.

use std::fmt;

/// One command: its words, without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) words: Vec<String>,
    /// It stands in a block that one can copy, not in a sentence, where a part of a command may stand.
    pub(super) is_whole: bool,
}

impl Command {
    pub(super) fn program(&self) -> &str {
        &self.words[0]
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.words.join(" "))
    }
}

/// The shell blocks of a page.
pub(super) fn blocks(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    for line in page.lines() {
        let trimmed = line.trim_start();
        match &mut block {
            None if trimmed == "```sh" => block = Some(String::new()),
            None => {}
            Some(_) if trimmed.starts_with("```") => found.extend(block.take()),
            Some(text) => text.extend([line, "\n"]),
        }
    }
    found
}

/// What stands between backticks outside of blocks. A line break within is a space.
pub(super) fn inline(page: &str) -> Vec<String> {
    let mut is_block = false;
    let mut prose = String::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if !is_block {
            prose.extend([line, "\n"]);
        }
    }
    let quoted = prose.split('`').skip(1).step_by(2);
    // A bar in a table is written with a backslash.
    quoted.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ").replace("\\|", "|")).collect()
}

/// What may stand before a command, or instead of one.
const KEYWORDS: [&str; 4] = ["do", "done", "until", "!"];

/// The commands of a text: without comments, loops and assignments, and what is substituted as one word.
pub(super) fn commands(text: &str, is_whole: bool) -> Vec<Command> {
    let mut found = Vec::new();
    for mut words in split(&text.replace("\\\n", " ")) {
        while words.first().is_some_and(|word| KEYWORDS.contains(&word.as_str()) || is_assignment(word)) {
            words.remove(0);
        }
        let is_loop = words.first().is_some_and(|word| ["for", "while"].contains(&word.as_str()));
        if !words.is_empty() && !is_loop {
            found.push(Command { words, is_whole });
        }
    }
    found
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_')
    })
}

/// Words by command: what ends one is a line end, a semicolon, an ampersand, a bar.
fn split(text: &str) -> Vec<Vec<String>> {
    let mut found = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut depth = 0;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let last = found.last_mut().expect("there is a first command");
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => while letters.next_if(|letter| *letter != '\n').is_some() {},
            (None, '$') if letters.peek() == Some(&'(') => {
                depth += 1;
                word.get_or_insert_default().push(letter);
            }
            (None, ')') if depth > 0 => {
                depth -= 1;
                word.get_or_insert_default().push(letter);
            }
            (None, '\n' | ';' | '&' | '|') if depth == 0 => {
                last.extend(word.take());
                found.push(Vec::new());
            }
            (None, _) if letter.is_whitespace() && depth == 0 => last.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    found.last_mut().expect("there is a first command").extend(word);
    found.retain(|words| !words.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::{Command, blocks, commands, inline};

    fn words(text: &str) -> Vec<String> {
        commands(text, true).iter().map(Command::to_string).collect()
    }

    #[test]
    fn a_block_is_taken_apart_into_commands() {
        let text = "make demo KEEP=1   # stays\nA=b kubectl get x \\\n  -o wide | grep '\"n\": |'\nfor name in a b; do kind load $name.tar; done\n";
        assert_eq!(
            words(text),
            ["`make demo KEEP=1`", "`kubectl get x -o wide`", "`grep \"n\": |`", "`kind load $name.tar`"]
        );
        assert_eq!(words("a --set x=\"$(date -Is)\" && b &"), ["`a --set x=$(date -Is)`", "`b`"]);
    }

    #[test]
    fn blocks_and_what_stands_in_backticks_are_found() {
        let page = "Say `make\ntest`.\n\n   ```sh\n   one\n   ```\n\n```yaml\nno: `x`\n```\n| `a \\| b` |\n";
        assert_eq!(blocks(page), ["   one\n"]);
        assert_eq!(inline(page), ["make test", "a | b"]);
    }
}
