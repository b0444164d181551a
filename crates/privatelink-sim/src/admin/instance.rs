//! What hands out temporary keys beside STS: the metadata service of an instance, version 2, and a credentials URI.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::clock::http_time;
use crate::simulator::Simulator;

const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const TTL: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
const TOKEN: &str = "x-aliyun-ecs-metadata-token";

pub(super) fn router() -> Router<Simulator> {
    Router::new()
        .route("/latest/api/token", put(token))
        .route(ROLES, get(role_name))
        .route(&format!("{ROLES}{{role}}"), get(role_credentials))
        .route("/v1/credentials/{account}", get(of_account))
}

async fn token(State(simulator): State<Simulator>, headers: HeaderMap) -> Response {
    let ttl = headers.get(TTL).and_then(|ttl| ttl.to_str().ok()?.parse().ok());
    match ttl.filter(|ttl| (1..=21_600).contains(ttl)) {
        Some(ttl) => simulator.metadata_token(Duration::from_secs(ttl)).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The refusal of a request without a token, or of one to an instance without a role.
fn role_of(simulator: &Simulator, headers: &HeaderMap) -> Result<String, StatusCode> {
    let token = headers.get(TOKEN).and_then(|token| token.to_str().ok());
    if !token.is_some_and(|token| simulator.takes_metadata_token(token)) {
        return Err(StatusCode::FORBIDDEN);
    }
    simulator.config().sts.instance_role.ok_or(StatusCode::NOT_FOUND)
}

async fn role_name(State(simulator): State<Simulator>, headers: HeaderMap) -> Response {
    role_of(&simulator, &headers).into_response()
}

async fn role_credentials(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    headers: HeaderMap,
) -> Response {
    let first = || simulator.config().accounts.first().map(|account| account.id.clone());
    match role_of(&simulator, &headers) {
        Ok(role) if role == named => issued(&simulator, first().and_then(|id| simulator.issue(&id, &role))),
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(status) => status.into_response(),
    }
}

async fn of_account(State(simulator): State<Simulator>, Path(account): Path<String>) -> Response {
    issued(&simulator, simulator.issue(&account, "credentials-uri"))
}

/// Both say the same of a key, and by whose clock.
fn issued(simulator: &Simulator, credentials: Option<Value>) -> Response {
    let Some(mut body) = credentials else { return StatusCode::NOT_FOUND.into_response() };
    body["Code"] = json!("Success");
    ([(header::DATE, http_time(simulator.now()))], Json(body)).into_response()
}
