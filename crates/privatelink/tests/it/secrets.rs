//! No secret is printed by who holds a client.

use std::sync::Arc;

use cloud_core::{StaticCredentials, Transport};
use privatelink::{Reader, Writer};

use crate::support::{Script, builder};

#[test]
fn a_reader_and_a_writer_print_no_secret() {
    let transport: Arc<dyn Transport> = Script::of([]);
    let source = StaticCredentials::temporary("STS.id", "canary/Secret+1", "canary/Token=2").unwrap();
    let client = builder(transport).credentials(Arc::new(source)).build().unwrap();
    let (reader, writer) = (Reader::new(&client), Writer::new(&client));
    let text = format!("{reader:?} {reader:#?} {writer:?} {writer:#?}");
    assert!(text.contains("STS.id") && !text.contains("canary"), "{text}");
}
