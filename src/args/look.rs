//! What is typed for the commands that look and change nothing.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::CloudArgs;
use crate::timing::duration;

/// Credentials and region come from where the operator has them.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0, every manifest could be planned; with --detailed-exitcode 0 means that nothing would change, and 2 that something \
                        would, or is waited for. 1: a manifest is refused, or something could not be read; a wrong flag is 1 as well.\n\
                        Nothing is written to the cluster or the cloud: the cluster is asked for a dry run of the apply, the cloud for a dry run of \
                        each step. The variables of --credentials are those of privatelink-operator run."
)]
pub struct PlanArgs {
    /// File with manifests, YAML or JSON, of one or more documents; - is standard input. May be repeated. Documents of other kinds are passed over.
    #[arg(short, long, value_name = "FILE", required = true)]
    pub filename: Vec<PathBuf>,

    /// Namespace of manifests that name none. Default: that of the kubeconfig's context.
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Ask no cluster: every manifest is planned as for an object that does not exist yet, and checked against the schema of this version.
    /// Needs --cluster-id.
    #[arg(long)]
    pub offline: bool,

    /// Exit with 2 where something would change or is waited for.
    #[arg(long)]
    pub detailed_exitcode: bool,

    #[command(flatten)]
    pub common: LookArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
}

/// Credentials and region come from where the operator has them.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0, the object is there, and so is what the cloud says of it; what could not be read beside that, such as events or the lease, is \
                        named. 1: there is no such object, or it or the cloud could not be read; what could be is printed all the same. 2: a wrong flag.\n\
                        Nothing is written to the cluster or the cloud, and the cloud is asked for no dry run. The variables of --credentials are those of \
                        privatelink-operator run."
)]
pub struct ExplainArgs {
    /// The object: its name, with its namespace and a slash before it or in --namespace.
    #[arg(value_name = "[NAMESPACE/]NAME")]
    pub object: String,

    /// Namespace of an object that is given by its name alone. Default: that of the kubeconfig's context.
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Ask no cloud: only what the cluster says is told, for which no credentials are needed.
    #[arg(long)]
    pub no_cloud: bool,

    /// Namespace of the operator's lease, as its flag of this name has it, or else its own namespace.
    #[arg(long, value_name = "NAMESPACE", default_value = "privatelink-system")]
    pub leader_elect_namespace: String,

    #[command(flatten)]
    pub common: LookArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
}

/// Credentials and region come from where the operator has them.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0, every service is printed, or named in a comment with the reason why it is not. 1: the services could not be listed, one of them \
                        could not be read, or there is none of an id that --service-id names; what could be read is printed all the same. 2: a wrong flag.\n\
                        Nothing is written to the cluster or the cloud. The variables of --credentials are those of privatelink-operator run."
)]
pub struct ImportArgs {
    /// Service to print a manifest for, epsrv-…; may be repeated. Default: every one of the region.
    #[arg(long, value_name = "ID")]
    pub service_id: Vec<String>,

    /// Namespace of the objects in the manifests. Default: that of the kubeconfig's context.
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Ask no cluster: nobody looks which names are taken there. Needs --cluster-id.
    #[arg(long)]
    pub offline: bool,

    #[command(flatten)]
    pub common: LookArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
}

/// What the commands have in common.
#[derive(Clone, Debug, Args)]
pub struct LookArgs {
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = OutputFormat::Text, value_name = "FORMAT")]
    pub output: OutputFormat,

    /// Cluster id of the operator, as its flag of this name has it. Default: the UID of the namespace kube-system.
    #[arg(long, value_name = "LABEL")]
    pub cluster_id: Option<String>,

    /// How long the cloud is waited for, all in all.
    #[arg(long, default_value = "2m", value_name = "DURATION", value_parser = duration::parse)]
    pub timeout: Duration,

    /// A waiting time, as key=duration. For tests, like the operator's.
    #[arg(long, value_name = "KEY=DURATION", hide = true)]
    pub internal_timing: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}
