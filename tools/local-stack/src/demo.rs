//! From an empty machine to Ready, and back.

mod environment;
mod shell;
mod stack;

use std::error::Error;
use std::time::{Duration, Instant};

use privatelink_sim::ServiceView;

use self::shell::{Shell, is_ready};
use self::stack::Stack;

/// Longer than anything here takes on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the edit of the demonstration changes.
const EDIT: &str =
    r#"{"spec":{"description":"Order intake, since today also for resellers","autoAcceptEnabled":true}}"#;

/// What becomes of the stack after the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Afterwards {
    Stop,
    Keep,
}

/// The whole walk. Everything that it started ends with it.
pub(crate) async fn run(afterwards: Afterwards) -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let stack = Stack::start().await?;
    let shell = stack.shell();
    create(&shell, &stack).await?;
    edit(&shell, &stack).await?;
    if afterwards == Afterwards::Keep {
        return keep(&stack).await;
    }
    delete(&shell, &stack).await?;
    println!("\nAll of it took {:.0} s. Nothing is left running.", begin.elapsed().as_secs_f64());
    Ok(())
}

async fn create(shell: &Shell<'_>, stack: &Stack) -> Result<(), Box<dyn Error>> {
    title("A user applies a VpcEndpointService");
    shell.kubectl("apply -f config/samples/nlb.yaml")?;
    println!("\n  The operator asks the cloud for it, and follows it until it is Active:");
    shell.follow("orders", is_ready, PATIENCE).await?;
    shell.kubectl("get vpces -o wide")?;
    shell.kubectl("describe vpces orders")?;
    show_services(stack).await
}

async fn edit(shell: &Shell<'_>, stack: &Stack) -> Result<(), Box<dyn Error>> {
    title("The user edits two fields");
    shell.kubectl(&format!("patch vpces orders --type merge -p '{EDIT}'"))?;
    shell.follow("orders", is_ready, PATIENCE).await?;
    show_services(stack).await
}

async fn delete(shell: &Shell<'_>, stack: &Stack) -> Result<(), Box<dyn Error>> {
    title("The user deletes it");
    shell.kubectl("delete vpces orders --wait=false")?;
    println!("\n  The finalizer is removed when the provider says that the service is deleted, and not before:");
    shell.follow("orders", |object| object.is_none(), PATIENCE).await?;
    shell.kubectl("get vpces")?;
    show_services(stack).await
}

async fn keep(stack: &Stack) -> Result<(), Box<dyn Error>> {
    let file = environment::write(stack)?;
    title("It stays up until Ctrl-C");
    println!("\n  In another terminal, for kubectl and any client of the provider's:\n\n  $ source {}", file.display());
    // Ctrl-C ends the whole program, in `main`.
    std::future::pending().await
}

fn title(text: &str) {
    println!("\n── {text} {}", "─".repeat(100_usize.saturating_sub(text.chars().count())));
}

/// What the simulated cloud has, as its own admin API shows it.
async fn show_services(stack: &Stack) -> Result<(), Box<dyn Error>> {
    println!("\n  In the cloud (the simulator's {}/v1/services):", stack.simulator.admin_url());
    let services = stack.simulator.admin.services(None, None).await?;
    if services.is_empty() {
        println!("    no service");
    }
    for service in services {
        let ServiceView { id, status, description, auto_accept, domain, .. } = service;
        println!("    {id}  {status}  AutoAcceptEnabled={auto_accept}  {description:?}\n    {domain}");
    }
    Ok(())
}
