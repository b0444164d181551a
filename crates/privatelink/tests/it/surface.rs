//! Every method of the client, ready to be called with every parameter given or with those only that must be.
//!
//! The requests are written out field by field, without `..`: a field that is new must be given here, or nothing compiles.

mod account;
mod connections;
mod endpoints;
mod services;

use std::fmt::Debug;

use cloud_core::{Client, Error, Request};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use privatelink::{Operation, Reader, Tag, Writer};
use serde_json::Value;

/// How much of a request is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    Everything,
    Required,
}

type Call = Box<dyn Fn(Client, Given) -> LocalBoxFuture<'static, Result<(), Error>>>;

/// One method of the client.
pub(crate) struct Method {
    /// `reader` or `writer`.
    pub(crate) half: &'static str,
    pub(crate) name: &'static str,
    pub(crate) operation: Operation,
    everything: Value,
    required: Value,
    call: Call,
    read: fn(Value) -> String,
}

impl Method {
    /// The request's fields, as JSON in the provider's words.
    pub(crate) fn fields(&self, given: Given) -> &Value {
        match given {
            Given::Everything => &self.everything,
            Given::Required => &self.required,
        }
    }

    pub(crate) fn call(&self, client: Client, given: Given) -> LocalBoxFuture<'static, Result<(), Error>> {
        (self.call)(client, given)
    }

    /// What is made of an answer: all of it, as text.
    pub(crate) fn read(&self, answer: &Value) -> String {
        (self.read)(answer.clone())
    }

    fn of<R: Request<Answer: Debug> + Clone + Default + 'static>(
        (half, name): (&'static str, &'static str),
        everything: R,
        call: fn(Client, R) -> LocalBoxFuture<'static, Result<(), Error>>,
    ) -> Self {
        Self {
            half,
            name,
            operation: Operation::of(R::OPERATION).unwrap(),
            everything: serde_json::to_value(&everything).unwrap(),
            required: serde_json::to_value(R::default()).unwrap(),
            call: Box::new(move |client, given| match given {
                Given::Everything => call(client, everything.clone()),
                Given::Required => call(client, R::default()),
            }),
            read: |answer| format!("{:?}", serde_json::from_value::<R::Answer>(answer).unwrap()),
        }
    }
}

/// Methods as they are written: `reader.describe_zones(request)`.
macro_rules! table {
    ($($half:ident.$name:ident($everything:expr),)*) => {
        vec![$($crate::surface::Method::of(
            (stringify!($half), stringify!($name)),
            $everything,
            |client, request| $crate::surface::boxed(async move { $crate::surface::$half(&client).$name(&request).await.map(drop) }),
        ),)*]
    };
}

use table;

fn reader(client: &Client) -> Reader {
    Reader::new(client)
}

fn writer(client: &Client) -> Writer {
    Writer::new(client)
}

fn boxed(call: impl Future<Output = Result<(), Error>> + 'static) -> LocalBoxFuture<'static, Result<(), Error>> {
    call.boxed_local()
}

/// All of them.
pub(crate) fn methods() -> Vec<Method> {
    [services::methods(), connections::methods(), endpoints::methods(), account::methods()]
        .into_iter()
        .flatten()
        .collect()
}

/// The text of every parameter that takes one; no number.
#[expect(clippy::unnecessary_wraps, reason = "it stands where a parameter is optional")]
fn text() -> Option<String> {
    Some("x".to_owned())
}

/// The text of every account id.
#[expect(clippy::unnecessary_wraps, reason = "it stands where a parameter is optional")]
fn account() -> Option<String> {
    Some("1234567890123456".to_owned())
}

fn texts() -> Vec<String> {
    vec!["x".to_owned(), "y".to_owned()]
}

fn tags() -> Vec<Tag> {
    vec![Tag { key: "k".to_owned(), value: "v".to_owned() }]
}
