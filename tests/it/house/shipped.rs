//! How files are called, and what is not shipped: features, and switches for seeded bugs.

use std::fs;
use std::path::PathBuf;

use local_stack::Programs;

use crate::support::checkout::repository;
use crate::support::source::sources;

#[test]
fn no_file_is_called_mod() {
    let found: Vec<PathBuf> = ["src", "crates", "tools", "tests/it"]
        .iter()
        .flat_map(|folder| sources(&repository().join(folder)))
        .filter(|path| path.ends_with("mod.rs"))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn shipped_code_knows_nothing_of_seeded_bugs() {
    let crates = fs::read_dir(repository().join("crates")).unwrap().map(|entry| entry.unwrap().path().join("src"));
    let files = crates.chain([repository().join("src")]).flat_map(|room| sources(&room));
    let found: Vec<PathBuf> =
        files.filter(|file| fs::read_to_string(file).unwrap().to_lowercase().contains("mutant")).collect();
    assert!(found.is_empty(), "{found:?}");
    let operator = fs::read(Programs::locate().unwrap().operator).unwrap();
    assert!(!String::from_utf8_lossy(&operator).contains("PRIVATELINK_MUTANT"));
}

#[test]
fn what_is_shipped_is_built_without_features() {
    let read = |file: &str| fs::read_to_string(repository().join(file)).unwrap();
    let (manifest, dockerfile, makefile) = (read("Cargo.toml"), read("Dockerfile"), read("Makefile"));
    let release = makefile.lines().find(|line| line.starts_with("RELEASE_BUILD")).unwrap();
    for built in [dockerfile.as_str(), release] {
        assert!(built.contains("tools/release-build.sh ") && !built.contains("features"), "{built}");
    }
    let script = read("tools/release-build.sh");
    assert!(script.contains("cargo auditable build --release --locked --target") && !script.contains("features"));
    let features = manifest.split("\n[features]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
    assert!(!features.contains("default"), "{features}");
}

#[test]
fn no_code_of_ours_may_be_unsafe() {
    let read = |file: &std::path::Path| fs::read_to_string(file).unwrap();
    assert!(read(&repository().join("Cargo.toml")).contains("[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"));
    // A member that does not take the lints over is not bound by them.
    let folders = ["crates", "tools"].map(|folder| fs::read_dir(repository().join(folder)).unwrap());
    let members = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let members: Vec<PathBuf> = members.chain(["", "tests/it"].map(|folder| repository().join(folder))).collect();
    let free =
        members.iter().filter(|member| !read(&member.join("Cargo.toml")).contains("[lints]\nworkspace = true\n"));
    assert_eq!(free.collect::<Vec<_>>(), Vec::<&PathBuf>::new());
    assert!(members.len() > 8, "{members:?}");
}

#[test]
fn the_image_and_make_use_one_version_of_cargo_auditable_and_the_image_one_of_rust() {
    let read = |file: &str| fs::read_to_string(repository().join(file)).unwrap();
    let (dockerfile, makefile, toolchain) = (read("Dockerfile"), read("Makefile"), read("rust-toolchain.toml"));
    let after = |text: &str, key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("no {key}"));
        line.trim_matches('"').to_owned()
    };
    let auditable = after(&makefile, "CARGO_AUDITABLE_VERSION := ");
    assert_eq!(after(&dockerfile, "ARG CARGO_AUDITABLE_VERSION="), auditable);
    let rust = after(&toolchain, "channel = ");
    let image = after(&dockerfile, "FROM --platform=$BUILDPLATFORM rust:");
    assert!(rust.starts_with(image.split('-').next().unwrap()), "{rust} {image}");
}
