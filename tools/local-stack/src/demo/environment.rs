//! The file that another terminal sources.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};

use super::stack::{REGION, Stack};

/// Writes `target/demo/env` in the checkout in which the demonstration runs, and answers where it is.
pub(super) fn write(stack: &Stack) -> Result<PathBuf, Box<dyn Error>> {
    let folder = stack.repository.join("target/demo");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("env");
    std::fs::write(&file, text(stack))?;
    Ok(file)
}

fn text(stack: &Stack) -> String {
    let variables = [
        ("KUBECONFIG", stack.control_plane.kubeconfig_path().display().to_string()),
        ("PATH", format!("{}:$PATH", stack.control_plane.bin_dir().display())),
        ("PRIVATELINK_ENDPOINT", stack.simulator.endpoint().to_owned()),
        ("LOAD_BALANCER_ENDPOINT", stack.simulator.endpoint().to_owned()),
        ("PRIVATELINK_SIM_ADMIN", stack.simulator.admin_url().to_owned()),
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", SIMULATED_KEY_ID.to_owned()),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SIMULATED_KEY_SECRET.to_owned()),
        ("ALIBABA_CLOUD_REGION_ID", REGION.to_owned()),
        ("ALIBABA_CLOUD_STS_ENDPOINT", stack.simulator.endpoint().to_owned()),
    ];
    variables.into_iter().fold(String::new(), |mut text, (name, value)| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "export {name}=\"{value}\"");
        text
    })
}
