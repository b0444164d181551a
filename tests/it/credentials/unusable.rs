//! Sources that cannot be used: what the program says of each at its start.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use local_stack::Programs;
use privatelink_sim::Config;
use tokio::process::Command;

use super::sources::{ROLE, account, rrsa_environment, token};
use crate::support::cluster;

/// The longest wait is that for a metadata service that nobody has, 2 s.
const PATIENCE: Duration = Duration::from_secs(30);

/// Port 1 is privileged and unused: nobody listens there.
const NOBODY: &str = "127.0.0.1:1";

/// What is set up how, and what the program must say: what is wrong, by its name, and what to do.
struct Case {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    says: [&'static str; 2],
}

fn case(arguments: &[&str], environment: &[(&str, &str)], says: [&'static str; 2]) -> Case {
    Case {
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        environment: environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        says,
    }
}

/// Starts the program with nothing else in its environment, and waits until it has said so.
async fn check(kubeconfig: &Path, case: &Case) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut child = Command::new(Programs::locate().unwrap().operator)
        .args(["run", "--cluster-id=unusable", "--watch-namespace=default"])
        .args(["--health-probe-bind-address=127.0.0.1:0", "--metrics-bind-address=127.0.0.1:0"])
        .args(&case.arguments)
        .env_clear()
        .env("KUBECONFIG", kubeconfig)
        .env("HOME", folder.path())
        .envs(case.environment.iter().cloned())
        .stdin(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let begin = Instant::now();
    let [what, remedy] = case.says;
    loop {
        let text = std::fs::read_to_string(&log).unwrap();
        if text.lines().any(|line| line.contains(what) && line.contains(remedy)) {
            break;
        }
        assert!(
            begin.elapsed() < PATIENCE,
            "{:?} {:?} does not say {:?}: {text}",
            case.arguments,
            case.environment,
            case.says
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    child.kill().await.unwrap();
}

const KEY: [(&str, &str); 2] = [("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")];
const SET_IT: &str = "it is not set; set it, or give credentials another way";

fn keys() -> Vec<Case> {
    vec![
        case(&[], &[], ["ALIBABA_CLOUD_ACCESS_KEY_ID", SET_IT]),
        case(&["--credentials=environment"], &KEY[..1], ["ALIBABA_CLOUD_ACCESS_KEY_SECRET", SET_IT]),
        case(
            &["--credentials=environment"],
            &[KEY[0], ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret\n")],
            ["ALIBABA_CLOUD_ACCESS_KEY_SECRET", "it has white space around it; remove that"],
        ),
        case(&["--credentials=files"], &[], ["--credentials-dir", "name the folder that the Secret is mounted at"]),
        case(
            &["--credentials-dir=/nowhere"],
            &[],
            ["the file /nowhere/access-key-id is not there, or empty", "put the key's id into it"],
        ),
        case(
            &["--credentials=profile"],
            &[],
            ["there is no profile in ~/.aliyun/config.json", "add one, or name it in ALIBABA_CLOUD_PROFILE"],
        ),
        case(
            &["--credentials=profile"],
            &[("ALIBABA_CLOUD_CONFIG_FILE", "/nowhere/config.json")],
            ["/nowhere/config.json", "that ALIBABA_CLOUD_CONFIG_FILE names is not there"],
        ),
    ]
}

fn issued() -> Vec<Case> {
    let address = [("ALIBABA_CLOUD_IMDS_ENDPOINT", NOBODY)];
    let disabled = ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    let uri = |uri: &'static str| [("ALIBABA_CLOUD_CREDENTIALS_URI", uri)];
    vec![
        case(
            &["--credentials=rrsa"],
            &[("ALIBABA_CLOUD_ROLE_ARN", ROLE)],
            [
                "ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE is not set",
                "let ack-pod-identity-webhook set them",
            ],
        ),
        case(
            &["--credentials=instance-role"],
            &address,
            [
                "the metadata service of the instance gave no answer",
                "name another address in ALIBABA_CLOUD_IMDS_ENDPOINT",
            ],
        ),
        case(&["--credentials=instance-role"], &[disabled], ["ALIBABA_CLOUD_ECS_METADATA_DISABLED", "unset it"]),
        case(&["--credentials=uri"], &[], ["ALIBABA_CLOUD_CREDENTIALS_URI", SET_IT]),
        case(
            &["--credentials=uri"],
            &uri("http://keys.example/"),
            ["ALIBABA_CLOUD_CREDENTIALS_URI", "must begin with https://, or with http:// and name this machine"],
        ),
        case(
            &["--credentials=uri"],
            &uri("http://127.0.0.1:1/"),
            ["the credentials URI gave no answer", "correct ALIBABA_CLOUD_CREDENTIALS_URI, or what serves it"],
        ),
        case(&["--credentials=default"], &[disabled], ["neither ALIBABA_CLOUD_ACCESS_KEY_ID", "set up one of them"]),
        case(&["--credentials=default"], &KEY[1..], ["ALIBABA_CLOUD_ACCESS_KEY_ID", SET_IT]),
        case(&["--assume-role-arn=operator"], &KEY, ["--assume-role-arn", "give acs:ram::<account>:role/<name>"]),
        case(
            &["--assume-role-external-id=x:y"],
            &KEY,
            ["--assume-role-external-id without --assume-role-arn", "name the role, as acs:ram::<account>:role/<name>"],
        ),
    ]
}

#[tokio::test]
async fn a_source_that_is_not_set_up_names_what_is_missing_and_what_to_do() {
    let (control_plane, _) = cluster::prepared().await;
    let kubeconfig = cluster::operator_kubeconfig(control_plane).await;
    for case in keys().into_iter().chain(issued()) {
        check(&kubeconfig, &case).await;
    }
}

#[tokio::test]
async fn a_role_that_cannot_be_had_says_why_and_what_to_do() {
    let (control_plane, _) = cluster::prepared().await;
    let kubeconfig = cluster::operator_kubeconfig(control_plane).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    serde_json::to_writer(&file, &Config::fast()).unwrap();
    let simulator = local_stack::Simulator::start(&Programs::locate().unwrap(), file.path()).await.unwrap();
    let own = [("sim-provider-key", "sim-provider-secret")];
    simulator.admin.put_account(&account(&own, &["somebody-else".to_owned()])).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token_file = folder.path().join("token");
    let gone = rrsa_environment(&token_file);
    let sts = format!("--sts-endpoint={}", simulator.endpoint());
    let rrsa = ["--credentials=rrsa", &sts];
    let owned =
        |environment: &[(String, String)], says| Case { environment: environment.to_vec(), ..case(&rrsa, &[], says) };
    let projected = "mount a projected service account token with the audience sts.aliyuncs.com";
    check(&kubeconfig, &owned(&gone, ["(ALIBABA_CLOUD_OIDC_TOKEN_FILE) cannot be read", projected])).await;
    std::fs::write(&token_file, "no.token.").unwrap();
    check(&kubeconfig, &owned(&gone, ["AuthenticationFail.OIDCToken.Invalid", projected])).await;
    std::fs::write(&token_file, token("me")).unwrap();
    let policy = "let the role's trust policy name it and this service account";
    check(&kubeconfig, &owned(&gone, ["AuthenticationFail.NoPermission", policy])).await;

    let key = [("ALIBABA_CLOUD_ACCESS_KEY_ID", own[0].0), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", own[0].1)];
    let other = "--assume-role-arn=acs:ram::1111222233334444:role/nobodys";
    let says = ["failed to AssumeRole: EntityNotExist.Role", "create the RAM role, or correct its ARN"];
    check(&kubeconfig, &case(&[other, &sts], &key, says)).await;
}
