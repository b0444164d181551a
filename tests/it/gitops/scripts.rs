//! Lua as Argo CD runs it: version 5.1, the base, table and package libraries, and of `os`, which must be required, two functions.

use std::fs;

use mlua::{Lua, LuaOptions, LuaSerdeExt, SerializeOptions, StdLib, Table};
use serde::Deserialize;
use serde_json::Value;

use crate::support::checkout::repository;

/// What `os.date` answers to the one format that the scripts ask for.
pub(super) const NOW: &str = "2026-11-30T12:00:00Z";

/// A script that finds the object in the variable `obj` and returns a table.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Script(pub(super) String);

/// The value of `resource.customizations.actions` in argocd-cm.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Actions {
    #[serde(rename = "discovery.lua")]
    pub(super) discovery: Script,
    pub(super) definitions: Vec<Action>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub(super) name: String,
    #[serde(rename = "action.lua")]
    pub(super) script: Script,
}

fn shipped(file: &str) -> String {
    fs::read_to_string(repository().join("config/argocd/component").join(file)).unwrap()
}

impl Actions {
    pub(super) fn read() -> Self {
        serde_saphyr::from_str(&shipped("actions.yaml")).unwrap()
    }

    pub(super) fn action(self, name: &str) -> Script {
        self.definitions.into_iter().find(|action| action.name == name).unwrap().script
    }
}

impl Script {
    pub(super) fn read(file: &str) -> Self {
        Self(shipped(file))
    }

    /// What it returns for this object.
    pub(super) fn run(&self, object: &Value) -> Value {
        self.try_run(object).unwrap()
    }

    pub(super) fn try_run(&self, object: &Value) -> mlua::Result<Value> {
        let lua = interpreter()?;
        // What is null in JSON is nil.
        let options = SerializeOptions::new().serialize_none_to_null(false).serialize_unit_to_null(false);
        lua.globals().set("obj", lua.to_value_with(object, options)?)?;
        lua.from_value(lua.load(self.0.as_str()).eval()?)
    }
}

fn interpreter() -> mlua::Result<Lua> {
    let lua = Lua::new_with(StdLib::TABLE | StdLib::PACKAGE, LuaOptions::default())?;
    // Part of the base library in the original, a library of its own in Argo CD's interpreter.
    lua.globals().set("coroutine", mlua::Nil)?;
    let os = lua.create_table()?;
    os.set("date", lua.create_function(|_, format: String| date(&format))?)?;
    os.set("time", lua.create_function(|_, ()| Ok(1_796_040_000))?)?;
    let preloaded: Table = lua.globals().get::<Table>("package")?.get("preload")?;
    preloaded.set("os", lua.create_function(move |_, ()| Ok(os.clone()))?)?;
    Ok(lua)
}

fn date(format: &str) -> mlua::Result<&'static str> {
    if format == "!%Y-%m-%dT%H:%M:%SZ" {
        return Ok(NOW);
    }
    Err(mlua::Error::runtime(format!("the test does not know the format {format}")))
}
