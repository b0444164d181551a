//! States of things in the cloud, as closed sets; what is new is kept as it is.

/// Defines a set of states, each named as the provider names it, with a variant for texts that are in no documentation.
///
/// ```
/// cloud_core::states! {
///     /// Whether it works.
///     ThingStatus {
///         /// It does.
///         Active,
///     }
/// }
/// assert_eq!(ThingStatus::from_wire(Some("active")), ThingStatus::Active);
/// assert_eq!(ThingStatus::from_wire(Some("Resting")), ThingStatus::Unknown("Resting".to_owned()));
/// ```
#[macro_export]
macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$state_doc:meta])* $state:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$state_doc])* $state,)*
            /// A text that is not in the documentation. Treat it as a passing state: neither ready nor failed.
            Unknown(String),
        }

        impl $name {
            /// The state that a text names, in capitals or not; no text names the unknown state `""`.
            pub fn from_wire(text: Option<&str>) -> Self {
                match text {
                    $(Some(text) if text.eq_ignore_ascii_case(stringify!($state)) => Self::$state,)*
                    other => Self::Unknown(other.unwrap_or_default().to_owned()),
                }
            }

            /// The provider's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$state => stringify!($state),)*
                    Self::Unknown(text) => text,
                }
            }
        }
    };
}
