//! What a user types, and what the user sees.

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use local_control_plane::ControlPlane;
use serde_json::Value;

/// Between two looks at an object; each is one `kubectl get`.
const POLL: Duration = Duration::from_millis(200);

/// A terminal whose `kubectl` speaks to the control plane of the demonstration, as an administrator.
#[derive(Debug)]
pub(super) struct Shell<'a> {
    pub(super) control_plane: &'a ControlPlane,
    /// Where the words typed are true: the top of the repository.
    pub(super) folder: PathBuf,
}

impl Shell<'_> {
    /// Prints the command as a user types it, runs it, and prints what it says.
    pub(super) fn kubectl(&self, arguments: &str) -> Result<String, Box<dyn Error>> {
        println!("\n  $ kubectl {arguments}");
        let output = self.run(arguments)?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        for line in said.trim_end().lines() {
            println!("    {line}");
        }
        if output.status.success() { Ok(said) } else { Err(format!("kubectl {arguments} failed").into()) }
    }

    /// Looks at an object again and again until it is as wanted, and prints each change of what `Ready` says.
    pub(super) async fn follow(
        &self,
        name: &str,
        wanted: impl Fn(Option<&Value>) -> bool,
        deadline: Duration,
    ) -> Result<(), Box<dyn Error>> {
        let begin = Instant::now();
        let mut last = String::new();
        while begin.elapsed() < deadline {
            let object = self.object(name)?;
            let now = describe(object.as_ref());
            if now != last {
                println!("    {:>5.1} s  {now}", begin.elapsed().as_secs_f64());
                last = now;
            }
            if wanted(object.as_ref()) {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
        Err(format!("{name} was not as wanted after {} s: {last}", deadline.as_secs()).into())
    }

    /// The object; `None` once it is gone.
    pub(super) fn object(&self, name: &str) -> Result<Option<Value>, Box<dyn Error>> {
        let output = self.run(&format!("get vpces {name} -o json --ignore-not-found"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        if output.stdout.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_slice(&output.stdout)?)) }
    }

    fn run(&self, arguments: &str) -> std::io::Result<Output> {
        let mut command: Command = self.control_plane.kubectl(words(arguments));
        command.current_dir(&self.folder).output()
    }
}

/// The words of a command line: parted by spaces, but for what stands in single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("there is a first word").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The condition `Ready` of an object.
pub(super) fn ready(object: &Value) -> Option<&Value> {
    object["status"]["conditions"].as_array()?.iter().find(|condition| condition["type"] == "Ready")
}

/// Ready for the newest generation.
pub(super) fn is_ready(object: Option<&Value>) -> bool {
    object.is_some_and(|object| {
        object["status"]["observedGeneration"] == object["metadata"]["generation"]
            && ready(object).is_some_and(|condition| condition["status"] == "True")
    })
}

fn describe(object: Option<&Value>) -> String {
    let Some(object) = object else { return "gone".to_owned() };
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let Some(condition) = ready(object) else { return "no status yet".to_owned() };
    format!(
        "Ready={} {} {}",
        text(&condition["status"]),
        text(&condition["reason"]),
        text(&object["status"]["serviceId"])
    )
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_keep_words_together() {
        assert_eq!(words(r#"patch vpces a  -p '{"spec": 1}'"#), ["patch", "vpces", "a", "-p", r#"{"spec": 1}"#]);
    }
}
