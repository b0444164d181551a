//! Bugs that other operators had in public.
//!
//! Each is set into the shipped operator from outside, by the package `seeded-operator`: at the doors to the API server and to the cloud, or in
//! place of one step. `make mutants` shows that the fault plans find each of them.

use std::str::FromStr;

/// Declares the bugs, each with the public one that it is modelled on.
macro_rules! mutants {
    ($($(#[doc = $about:literal])+ $mutant:ident = $bug:literal,)+) => {
        /// One bug. Where more than one defence stands against it, all of them are taken away.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Mutant {
            $($(#[doc = $about])+ #[doc = concat!("\n\nModelled on ", $bug, ".")] $mutant,)+
        }

        impl Mutant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$mutant),+];

            /// What it does, in a sentence.
            pub fn about(self) -> &'static str {
                match self { $(Self::$mutant => concat!($($about),+),)+ }
            }

            /// The public bug that it is modelled on.
            pub fn modelled_on(self) -> &'static str {
                match self { $(Self::$mutant => $bug,)+ }
            }
        }
    };
}

mutants! {
    /// Each call of Create has a token of its own, also the repetition after a lost answer.
    TokenPerRetry = "aliyun/terraform-provider-alicloud#10305",
    /// A status that meets a conflict is dropped, and the id with it.
    StatusLostOnConflict = "aws-controllers-k8s/community#2267",
    /// Between Create and status the id is nowhere: no lasting token, no look-up by tag.
    CrashBeforeStatus = "aws-controllers-k8s/community#2062",
    /// The finalizer comes after the Create.
    FinalizerAfterCreate = "outscale/cluster-api-provider-outscale#917",
    /// Changes are told by namespace and name, so an object that was recreated is taken for the one before.
    SuccessorSwallowed = "kube-rs/kube#1830",
    /// A deletion that an earlier process began counts as done.
    RestartDuringDeleteLeaks = "crossplane-contrib/provider-upjet-aws#123",
    /// A service that was deleted outside is recreated although nobody asked for it.
    SilentRecreate = "GoogleCloudPlatform/k8s-config-connector#12738",
    /// As many reconciles at a time as there are objects.
    UnlimitedConcurrency = "thepartly/pgroles#209",
    /// Every reconcile writes a status that differs, and every write of a status causes a reconcile.
    HotLoopOnStatus = "restatedev/restate-operator#138",
    /// The finalizer is taken off by name, whoever has that name by now.
    FinalizerWithoutUid = "kube-rs/kube#965, which tests the finalizers only",
    /// What is reported of an object recreates it if it has gone.
    ApplyRecreates = "kubernetes/client-go#1346",
    /// After an edit the old token carries the new parameters.
    ChangedParametersOldToken = "the provider's own `IdempotentParameterMismatch`",
    /// The token of a service that is gone is used for the next one.
    TokenOfDeletedReused = "boto/boto3#4406",
    /// A token that the provider called useless is repeated for ever.
    BurntTokenRepeated = "cloudfoundry/bosh-alicloud-cpi-release#105",
    /// Of a list only the first page counts.
    SecondPageIgnored = "aws-controllers-k8s/community#2547",
    /// A look-up without a result takes the first of all services.
    FirstListedTaken = "aws-controllers-k8s/community#2547, its other half",
    /// A copy of the object older than the operator's own write decides about a Create.
    StaleCacheCreate = "kubernetes/enhancements#5647, which is about this class",
    /// The object is Ready as soon as the service has an id.
    ReadyBeforeActive = "none in particular",
    /// An answer that is a success by its status counts as one whatever it says, and an accepted delete as done.
    DeleteAnswerUnread = "aws-controllers-k8s/community#2791",
    /// A service is looked up by its load balancer instead of its object.
    LookUpByLoadBalancer = "kubernetes-sigs/cloud-provider-azure#10943",
    /// A service that is to outlive its object is deleted with it.
    RetainIgnored = "sdcio/config-server#373",
    /// A deletion cuts off whoever is connected, whatever the spec says.
    ConsumersCutOff = "none in particular",
    /// Whoever asks for a connection is let in.
    EveryoneAccepted = "none in particular",
    /// An account that was taken out of the spec stays allowed.
    PrincipalsOnlyAdded = "none in particular",
    /// A service is adopted although nobody in the cloud gave it away.
    AdoptedUnasked = "Azure/azure-service-operator#2067, where it is the design",
    /// What a Service led to first counts for ever.
    FirstLoadBalancerKept = "Azure/AKS#532",
    /// What the zones of a load balancer were first counts for ever.
    FirstZonesKept = "none in particular",
    /// An object exports to the ConfigMap of that name, whosever it is.
    ForeignConfigMapTaken = "none in particular",
}

impl Mutant {
    /// The environment variable that tells the seeded operator which bug to have, by the name in the enum.
    pub const VARIABLE: &str = "PRIVATELINK_MUTANT";
}

impl FromStr for Mutant {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let mutant = Self::ALL.iter().copied().find(|mutant| format!("{mutant:?}") == name);
        mutant.ok_or_else(|| format!("there is no mutant {name}"))
    }
}
