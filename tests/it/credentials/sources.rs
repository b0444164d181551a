//! Where credentials come from in these tests, and how what they come from changes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cloud_core::{Clock, SystemClock};
use jiff::SignedDuration;
use local_stack::{CloudAccess, SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink_sim::{AccessKey, Account, AdminClient, DEFAULT_PROVIDER, OidcTrust, Role};
use serde_json::json;

use crate::support::rig::{Rig, Setup};

/// The role of every test.
pub(crate) const ROLE: &str = "acs:ram::1111222233334444:role/operator";

const PROVIDER: &str = "acs:ram::1111222233334444:oidc-provider/ack-rrsa-c1";

/// Part of every token of a service account in these tests, in base64 of URLs as its last part is.
pub(crate) const TOKEN_SIGNATURE: &str = "Y2FuYXJ5LXNpZ25hdHVyZS1vZi10aGUtdG9rZW4";

/// A folder as the kubelet mounts a Secret or a projected token: all of its files are exchanged at once, by a link that is put in the place of
/// another.
pub(crate) struct Mounted {
    folder: tempfile::TempDir,
    version: u32,
}

impl Mounted {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), version: 0 }
    }

    /// Where its files are, in whatever version.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("..data")
    }

    pub(crate) fn put(&mut self, files: &[(&str, &str)]) {
        self.version += 1;
        let version = format!("..{}", self.version);
        let data = self.folder.path().join(&version);
        std::fs::create_dir(&data).unwrap();
        for (name, text) in files {
            std::fs::write(data.join(name), text).unwrap();
        }
        let link = self.folder.path().join("..data_tmp");
        std::os::unix::fs::symlink(version, &link).unwrap();
        std::fs::rename(link, self.path()).unwrap();
    }

    pub(crate) fn put_key(&mut self, id: &str, secret: &str) {
        self.put(&[("access-key-id", id), ("access-key-secret", secret)]);
    }
}

/// The simulator's account with these keys, and with a role that these service accounts may have.
pub(crate) fn account(keys: &[(&str, &str)], subjects: &[String]) -> Account {
    let keys = keys.iter().map(|(id, secret)| AccessKey::new(*id, *secret)).collect();
    let trust = OidcTrust {
        provider: Some(PROVIDER.to_owned()),
        subjects: subjects.iter().cloned().collect(),
        ..OidcTrust::default()
    };
    let role = Role { oidc: Some(trust), max_session: Duration::from_hours(12), ..Role::new("operator") };
    Account { access_keys: keys, roles: vec![role], ..Account::new(DEFAULT_PROVIDER, AccessKey::new("", "")) }
}

/// The key that the operators of these tests find in their environment and must not use.
pub(crate) fn unused_key(rig: &Rig) -> CloudAccess {
    CloudAccess { key_id: "unused".to_owned(), key_secret: "unused-secret".to_owned(), ..rig.simulator.access() }
}

/// Starts the operator with nothing in its environment that it could fall back to.
pub(crate) async fn start(rig: &mut Rig) {
    let access = unused_key(rig);
    rig.start_operator_behind(rig.operator_kubeconfig().to_owned(), &access).await;
}

/// The token of a service account, as an API server issues it, good for an hour.
pub(crate) fn token(subject: &str) -> String {
    let expires = SystemClock.now() + SignedDuration::from_hours(1);
    let claims = json!({
        "iss": "https://kubernetes.default.svc", "sub": subject, "aud": ["sts.aliyuncs.com"], "exp": expires.as_second(),
    });
    let part = |text: String| encoded(text.as_bytes());
    format!("{}.{}.{TOKEN_SIGNATURE}", part(json!({"alg": "RS256"}).to_string()), part(claims.to_string()))
}

/// Base64 of URLs, without padding.
fn encoded(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let group = |chunk: &[u8]| {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        let letters = [18, 12, 6, 0].map(|shift| char::from(ALPHABET[(word >> shift & 63) as usize]));
        letters.into_iter().take(chunk.len() + 1).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// The service account of a round.
pub(crate) fn subject(round: u32) -> String {
    format!("system:serviceaccount:privatelink-system:operator-{round}")
}

/// What the environment of a pod with RRSA says.
pub(crate) fn rrsa_environment(token_file: &Path) -> Vec<(String, String)> {
    [
        ("ALIBABA_CLOUD_ROLE_ARN", ROLE.to_owned()),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", PROVIDER.to_owned()),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token_file.display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The usual setup with this source.
pub(crate) fn setup(arguments: &[String], environment: Vec<(String, String)>) -> Setup {
    Setup { arguments: arguments.to_vec(), environment, ..Setup::default() }
}

/// A key and its successor, as somebody rotates them by hand: the new one is made and put into the files, then the old one is deleted, and all
/// of that at once.
pub(crate) async fn rotate_key(admin: &AdminClient, mounted: &mut Mounted, round: u32) {
    let name = |round: u32| (format!("rotated-key-{round}"), format!("canary/rotated+secret={round}"));
    let (old, new) = if round == 0 {
        ((SIMULATED_KEY_ID.to_owned(), SIMULATED_KEY_SECRET.to_owned()), name(0))
    } else {
        (name(round - 1), name(round))
    };
    let pair = |key: &(String, String)| (key.0.clone(), key.1.clone());
    let [(old_id, old_secret), (new_id, new_secret)] = [pair(&old), pair(&new)];
    let both = [(old_id.as_str(), old_secret.as_str()), (new_id.as_str(), new_secret.as_str())];
    admin.put_account(&account(&both, &[])).await.unwrap();
    mounted.put_key(&new_id, &new_secret);
    admin.put_account(&account(&both[1..], &[])).await.unwrap();
}
