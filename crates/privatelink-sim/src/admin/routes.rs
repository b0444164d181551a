//! The routes of the admin API.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::instance;
use super::types::{ConnectionChange, EndpointOrder, EndpointView, ServiceChange, ServiceView, SessionView};
use crate::config::{Account, LoadBalancer, duration};
use crate::fault::Fault;
use crate::journal::{Call, JournalQuery};
use crate::simulator::Simulator;
use crate::witness::{Unserved, Violation};

/// Everything that stands above the simulated cloud.
pub(crate) fn router(simulator: Simulator) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/v1/journal", get(read_journal).delete(clear_journal))
        .route("/v1/witness", get(read_witness))
        .route("/v1/unserved", get(read_unserved))
        .route("/v1/services", get(list_services))
        .route("/v1/services/{id}", get(get_service).put(change_service).patch(change_service).delete(delete_service))
        .route("/v1/load-balancers", get(list_load_balancers).post(seed_load_balancer))
        .route("/v1/load-balancers/{id}", axum::routing::delete(remove_load_balancer).patch(patch_load_balancer))
        .route("/v1/accounts", post(put_account).put(put_account))
        .route("/v1/sts/sessions", get(list_sessions))
        .route("/v1/sts/expire", post(expire_sessions))
        .route("/v1/endpoints", get(list_endpoints).post(create_endpoint))
        .route("/v1/endpoints/{id}", axum::routing::delete(delete_endpoint).patch(change_connection))
        .route("/v1/faults", get(list_faults).post(order_fault).delete(clear_faults))
        .route("/v1/time", get(read_time))
        .route("/v1/time/advance", post(advance))
        .route("/v1/config", get(read_config).patch(patch_config))
        .merge(instance::router())
        .with_state(simulator)
}

/// How far to move the clock.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    #[serde(with = "duration")]
    pub(super) by: Duration,
}

/// A refusal of the admin API: one sentence, or the code of the simulated cloud.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Complaint {
    pub(super) error: String,
}

fn complain(status: StatusCode, error: impl Into<String>) -> Response {
    (status, Json(Complaint { error: error.into() })).into_response()
}

/// 204, or 404 where there was nothing to act on.
fn done(found: bool, what: &str, id: &str) -> Response {
    if found {
        return StatusCode::NO_CONTENT.into_response();
    }
    complain(StatusCode::NOT_FOUND, format!("there is no {what} {id} to act on"))
}

async fn read_journal(State(simulator): State<Simulator>, Query(query): Query<JournalQuery>) -> Json<Vec<Call>> {
    Json(simulator.journal_of(&query))
}

async fn clear_journal(State(simulator): State<Simulator>) -> StatusCode {
    simulator.clear_journal();
    StatusCode::NO_CONTENT
}

async fn read_witness(State(simulator): State<Simulator>) -> Json<Vec<Violation>> {
    Json(simulator.witness())
}

async fn read_unserved(State(simulator): State<Simulator>) -> Json<Vec<Unserved>> {
    Json(simulator.unserved())
}

/// Narrows the list of services.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Place {
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
}

async fn list_services(State(simulator): State<Simulator>, Query(place): Query<Place>) -> Json<Vec<ServiceView>> {
    let mut services = simulator.all_services();
    let is = |wanted: &Option<String>, value: &String| wanted.as_ref().is_none_or(|wanted| wanted == value);
    services.retain(|service| is(&place.account, &service.account) && is(&place.region, &service.region));
    Json(services)
}

async fn get_service(State(simulator): State<Simulator>, Path(id): Path<String>) -> Response {
    match simulator.all_services().into_iter().find(|service| service.id == id) {
        Some(service) => Json(service).into_response(),
        None => done(false, "service", &id),
    }
}

async fn change_service(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(change): Json<ServiceChange>,
) -> Response {
    done(simulator.change_service(&id, &change), "service", &id)
}

async fn delete_service(State(simulator): State<Simulator>, Path(id): Path<String>) -> Response {
    done(simulator.delete_service(&id), "service", &id)
}

async fn list_load_balancers(State(simulator): State<Simulator>) -> Json<Vec<LoadBalancer>> {
    Json(simulator.load_balancers())
}

async fn seed_load_balancer(State(simulator): State<Simulator>, Json(seed): Json<LoadBalancer>) -> StatusCode {
    simulator.seed_load_balancer(seed);
    StatusCode::NO_CONTENT
}

async fn patch_load_balancer(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(patch): Json<Value>,
) -> Response {
    match simulator.patch_load_balancer(&id, &patch) {
        Ok(found) => done(found, "load balancer", &id),
        Err(error) => complain(StatusCode::BAD_REQUEST, error.to_string()),
    }
}

async fn remove_load_balancer(State(simulator): State<Simulator>, Path(id): Path<String>) -> Response {
    done(simulator.remove_load_balancer(&id), "load balancer", &id)
}

async fn put_account(State(simulator): State<Simulator>, Json(account): Json<Account>) -> StatusCode {
    simulator.put_account(account);
    StatusCode::NO_CONTENT
}

async fn list_sessions(State(simulator): State<Simulator>) -> Json<Vec<SessionView>> {
    Json(simulator.sessions())
}

async fn expire_sessions(State(simulator): State<Simulator>) -> StatusCode {
    simulator.expire_sessions();
    StatusCode::NO_CONTENT
}

async fn list_endpoints(State(simulator): State<Simulator>) -> Json<Vec<EndpointView>> {
    Json(simulator.endpoints())
}

async fn create_endpoint(State(simulator): State<Simulator>, Json(order): Json<EndpointOrder>) -> Response {
    match simulator.create_endpoint(&order) {
        Ok(id) => (StatusCode::CREATED, Json(json!({ "id": id }))).into_response(),
        Err(code) => complain(StatusCode::CONFLICT, code),
    }
}

async fn change_connection(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(change): Json<ConnectionChange>,
) -> Response {
    done(simulator.change_connection(&id, &change), "endpoint", &id)
}

async fn delete_endpoint(State(simulator): State<Simulator>, Path(id): Path<String>) -> Response {
    done(simulator.delete_endpoint(&id), "endpoint", &id)
}

async fn list_faults(State(simulator): State<Simulator>) -> Json<Vec<Fault>> {
    Json(simulator.faults())
}

async fn order_fault(State(simulator): State<Simulator>, Json(fault): Json<Fault>) -> StatusCode {
    simulator.fault(fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(simulator): State<Simulator>) -> StatusCode {
    simulator.clear_faults();
    StatusCode::NO_CONTENT
}

async fn read_time(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({ "now": simulator.now() }))
}

async fn advance(State(simulator): State<Simulator>, Json(advance): Json<Advance>) -> Json<Value> {
    simulator.advance(advance.by);
    Json(json!({ "now": simulator.now() }))
}

/// Without the accounts, whose keys no route gives back.
async fn read_config(State(simulator): State<Simulator>) -> Response {
    match serde_json::to_value(simulator.config()) {
        Ok(mut config) => {
            if let Some(config) = config.as_object_mut() {
                config.remove("accounts");
            }
            Json(config).into_response()
        }
        Err(error) => complain(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

async fn patch_config(State(simulator): State<Simulator>, Json(patch): Json<Value>) -> Response {
    match simulator.patch_config(&patch) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => complain(StatusCode::BAD_REQUEST, error.to_string()),
    }
}
