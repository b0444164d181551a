//! What is typed: the command line and the environment variables that stand in for flags.

mod look;

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

pub use self::look::{ExplainArgs, ImportArgs, LookArgs, OutputFormat, PlanArgs};
use crate::timing::{Audience, Key, Timing};

/// The heading of the flags that say how often and how long.
const PACE: &str = "Rate limits and timeouts";

/// Keeps Alibaba Cloud `PrivateLink` endpoint services equal to `VpcEndpointService` objects.
#[derive(Debug, Parser)]
#[command(name = "privatelink-operator", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the operator until it is told to stop.
    Run(Box<RunArgs>),
    /// Show what the operator would do for manifests before they are applied: the differences and the steps, each checked by the provider's dry run.
    Plan(Box<PlanArgs>),
    /// Say what the operator knows of one object, what it wants and what it waits for, and which operator leads.
    Explain(Box<ExplainArgs>),
    /// Print a manifest for each endpoint service of the region that no object owns, which adopts it as it is, with the command that gives it to
    /// the object.
    Import(Box<ImportArgs>),
    /// List the objects that an uninstallation would leave behind, and say how to go on. Exit status 3: there are some that only an operator can
    /// let go.
    Remaining(RemainingArgs),
    /// Print the CustomResourceDefinitions, or write them to files.
    Crds(CrdsArgs),
    /// Write the pages of docs/reference.
    #[command(hide = true)]
    Reference(ReferenceArgs),
}

#[derive(Debug, Args)]
pub struct RemainingArgs {
    /// Look into this namespace only. Default: all.
    #[arg(long, value_name = "NAMESPACE")]
    pub watch_namespace: Option<String>,

    /// The operator runs with this flag: deleting the CustomResourceDefinition is no way to keep the services.
    #[arg(long)]
    pub ignore_crd_deletion: bool,

    /// Say what is left, and end with 0 in any case.
    #[arg(long)]
    pub only_report: bool,

    /// Command that uninstalls without this check, to be named where objects are left.
    #[arg(long, value_name = "COMMAND")]
    pub way_past: Option<String>,

    /// Command that makes up for an uninstallation that was refused, to be named where objects are left.
    #[arg(long, value_name = "COMMAND")]
    pub way_back: Option<String>,
}

#[derive(Debug, Args)]
pub struct CrdsArgs {
    /// Folder to write one file a definition into; made if it is not there. Default: print to standard output.
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ReferenceArgs {
    /// Folder to write one file a page into; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
}

/// Where the credentials of the account come from, `--credentials` says; never a flag itself, which every process of the machine could read.
#[derive(Debug, Args)]
#[command(
    after_help = "Variables that --credentials reads: environment: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, for a \
                        temporary key ALIBABA_CLOUD_SECURITY_TOKEN. rrsa: ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, \
                        ALIBABA_CLOUD_OIDC_TOKEN_FILE, ALIBABA_CLOUD_ROLE_SESSION_NAME. instance-role: ALIBABA_CLOUD_ECS_METADATA, \
                        ALIBABA_CLOUD_IMDS_ENDPOINT. uri: ALIBABA_CLOUD_CREDENTIALS_URI. profile: ALIBABA_CLOUD_PROFILE, ALIBABA_CLOUD_CONFIG_FILE, \
                        ALIBABA_CLOUD_CREDENTIALS_FILE. A key in the environment is read once; files are read before every call; what is \
                        issued for a time is renewed before it ends.\n\
                        The cluster is found by KUBECONFIG, ~/.kube/config or the pod's service account.\n\
                        HTTPS_PROXY and NO_PROXY count for the cloud and for an API server from a kubeconfig; the API server of \
                        the pod's own cluster is always reached directly."
)]
pub struct RunArgs {
    #[command(flatten)]
    pub cloud: CloudArgs,
    #[command(flatten)]
    pub cluster: ClusterArgs,
    #[command(flatten)]
    pub leader: LeaderArgs,
    #[command(flatten)]
    pub listen: ListenArgs,
    #[command(flatten)]
    pub log: LogArgs,

    /// A waiting time, as key=duration with the unit ms, s, m or h; may be repeated.
    #[arg(long, value_name = "KEY=DURATION", help_heading = PACE, long_help = timing_help())]
    pub timing: Vec<String>,

    /// Like --timing, with every key. For tests: many keys are safe only together with others, and they may change with every version.
    #[arg(long, value_name = "KEY=DURATION", help_heading = PACE, hide = true)]
    pub internal_timing: Vec<String>,

    /// How often an operation of the cloud may be called, as Operation=calls/seconds; may be repeated. Default: as the provider
    /// documents it. Example: CreateVpcEndpointService=200/60.
    #[arg(long, value_name = "OPERATION=CALLS/SECONDS", help_heading = PACE)]
    pub rate: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Cloud")]
pub struct CloudArgs {
    /// Region of objects that name none, such as cn-hangzhou. Default: every object must name its own.
    #[arg(long, env = "ALIBABA_CLOUD_REGION_ID", value_name = "REGION")]
    pub region: Option<String>,

    /// Account that the key belongs to. Default: STS is asked.
    #[arg(long, env = "ALIBABA_CLOUD_ACCOUNT_ID", value_name = "ID")]
    pub account_id: Option<String>,

    /// Where the credentials come from. Default: files with --credentials-dir, else environment.
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub credentials: Option<CredentialsArg>,

    /// Folder with the access key in the files access-key-id and access-key-secret, for a temporary key also security-token, such as a
    /// mounted Secret; a key that is replaced there is used without a restart.
    #[arg(long, value_name = "DIR")]
    pub credentials_dir: Option<PathBuf>,

    #[command(flatten)]
    pub assume_role: AssumeRoleArgs,

    /// Which hosts of the provider to use: public, or vpc from inside its networks.
    #[arg(long, value_enum, default_value_t = NetworkArg::Public)]
    pub network: NetworkArg,

    /// Host or URL of PrivateLink for every region. Default: privatelink[-vpc].<region>.aliyuncs.com.
    #[arg(long, env = "PRIVATELINK_ENDPOINT", value_name = "HOST|URL")]
    pub privatelink_endpoint: Option<String>,

    /// Host or URL of the load balancers' APIs (NLB, ALB, CLB, GWLB) for every region. Default: nlb[-vpc].<region>.aliyuncs.com, and likewise
    /// alb, slb and gwlb; for CLB in some regions slb.aliyuncs.com.
    #[arg(long, env = "LOAD_BALANCER_ENDPOINT", value_name = "HOST|URL")]
    pub load_balancer_endpoint: Option<String>,

    /// Host or URL of STS. Default: sts[-vpc].<region>.aliyuncs.com.
    #[arg(long, env = "ALIBABA_CLOUD_STS_ENDPOINT", value_name = "HOST|URL")]
    pub sts_endpoint: Option<String>,
}

/// A role between the source of credentials and every call.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Cloud")]
pub struct AssumeRoleArgs {
    /// RAM role to assume with the credentials, as `acs:ram::<account>:role/<name>`; every call is then made as that role. Default: none.
    #[arg(long, value_name = "ARN")]
    pub assume_role_arn: Option<String>,

    /// What the role's session is called in the provider's audit log, 2 to 64 letters, digits and .@-_; needs --assume-role-arn. Default:
    /// `ALIBABA_CLOUD_ROLE_SESSION_NAME`, else privatelink-operator.
    #[arg(long, value_name = "NAME")]
    pub assume_role_session_name: Option<String>,

    /// External id that the role's trust policy asks for; needs --assume-role-arn. Default: `ALIBABA_CLOUD_EXTERNAL_ID`, else none.
    #[arg(long, value_name = "ID")]
    pub assume_role_external_id: Option<String>,

    /// How long a session of the role lasts until it is renewed, 15m to 12h, at most the role's `MaxSessionDuration`; needs
    /// --assume-role-arn. Default: 1h.
    #[arg(long, value_name = "DURATION")]
    pub assume_role_duration: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CredentialsArg {
    /// An access key in environment variables.
    Environment,
    /// The RAM role of the pod's service account.
    Rrsa,
    /// The RAM role of the ECS instance, which in a cluster is the node's.
    InstanceRole,
    /// A URI that serves credentials.
    Uri,
    /// An access key in the files of --credentials-dir.
    Files,
    /// A profile of the provider's CLI or of the shared credentials file.
    Profile,
    /// The first of environment, rrsa, profile, instance-role and uri that is set up; one that is set up and fails is an error.
    Default,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NetworkArg {
    Public,
    Vpc,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub struct ClusterArgs {
    /// Name of this cluster in the tags of its services, a DNS label; never change it while services exist. Default: the UID of the
    /// namespace kube-system.
    #[arg(long, value_name = "LABEL")]
    pub cluster_id: Option<String>,

    /// Watch only this namespace; needs --cluster-id. Default: all.
    #[arg(long, value_name = "NAMESPACE")]
    pub watch_namespace: Option<String>,

    /// Do not look whether the CustomResourceDefinition is being deleted: deleting it then deletes every service. Only for an operator that
    /// cannot be given the right to read it (`get` on this one definition, by name); without the right and without this flag no object
    /// that is deleted goes.
    #[arg(long)]
    pub ignore_crd_deletion: bool,

    /// Delete endpoint services whose object exists no more: those with the tags of this cluster that nobody is connected to, once they were
    /// found so for `orphanDeletionDelay` without interruption. Not with --cluster-id, because another cluster may have the same one, nor with
    /// --ignore-crd-deletion. Default: they are reported only.
    #[arg(long)]
    pub delete_orphans: bool,

    /// Objects that are reconciled at a time, 1 to 1000. Cloud calls have limits of their own; this one bounds memory and calls to the
    /// API server.
    #[arg(long, default_value_t = 64, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub max_concurrent_reconciles: u16,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Leader election")]
pub struct LeaderArgs {
    /// Elect a leader: of several operators one works, and the others are ready to take over. The lease names it by `POD_NAME`, or else by `HOSTNAME`.
    /// With false, nothing else may serve the same objects.
    #[arg(
        long,
        value_name = "BOOL",
        default_value_t = true,
        default_missing_value = "true",
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true
    )]
    pub leader_elect: bool,

    /// Namespace of the lease that the leader holds. Default: the pod's own; outside of a cluster that of the kubeconfig's context.
    #[arg(long, value_name = "NAMESPACE")]
    pub leader_elect_namespace: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Health and metrics")]
pub struct ListenArgs {
    /// Address of /healthz and /readyz; port 0 takes a free one.
    #[arg(long, default_value = "[::]:8081", value_name = "ADDRESS:PORT")]
    pub health_probe_bind_address: SocketAddr,

    /// Address of /metrics; port 0 takes a free one.
    #[arg(long, default_value = "[::]:8080", value_name = "ADDRESS:PORT")]
    pub metrics_bind_address: SocketAddr,

    /// File to write the URLs into once both are served, as JSON: {"health": "http://…", "metrics": "http://…"}.
    #[arg(long, value_name = "FILE")]
    pub port_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Log")]
pub struct LogArgs {
    /// Form of the log on standard error.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug or trace, also by module, such as debug,kube=info.
    #[arg(long, env = "RUST_LOG", default_value = "info,kube_runtime=error,kube_client=error", value_name = "FILTER")]
    pub log_level: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// What the environment says about proxies for HTTPS, under the names that everything else in a cluster goes by. The cloud's client reads
/// the same variables itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// `HTTPS_PROXY`, else `https_proxy`.
    pub https: Option<String>,
    /// `NO_PROXY`, else `no_proxy`: hosts, domains, addresses and networks that are reached without one.
    pub none_for: Option<String>,
}

impl Proxies {
    #[expect(clippy::disallowed_methods, reason = "this is the door of the environment")]
    pub fn from_process() -> Self {
        let first = |names: [&str; 2]| {
            names.into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.trim().is_empty())
        };
        Self { https: first(["HTTPS_PROXY", "https_proxy"]), none_for: first(["NO_PROXY", "no_proxy"]) }
    }
}

/// What the pod is called, for people who look for the leader: `POD_NAME`, which a manifest may set, else `HOSTNAME`, which Kubernetes sets.
#[expect(clippy::disallowed_methods, reason = "this is the door of the environment")]
pub fn pod_name() -> Option<String> {
    ["POD_NAME", "HOSTNAME"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|name| !name.is_empty())
}

fn timing_help() -> String {
    let mut help = String::from(
        "A waiting time, as key=duration with the unit ms, s, m or h; may be repeated. Example: resyncPeriod=2m. Keys and defaults:",
    );
    for (key, default) in Timing::default().entries() {
        if let Audience::Users { reason } = key.audience {
            // A String takes everything.
            let _ = write!(help, "\n\n  {}={}\n{} {reason}", key.name(), Key::value(default), key.description());
        }
    }
    help
}
