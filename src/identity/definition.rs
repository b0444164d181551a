//! What becomes of the custom resource definition of a kind.

/// What becomes of the kind itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Definition {
    /// The kind stays: who deletes an object means that object.
    #[default]
    Stays,
    /// The kind is being deleted, which marks every object. Nobody who does that has thought of each service.
    Goes,
    /// Nobody can say why the object is being deleted, so nothing is written to the cloud.
    Unknown(DefinitionUnknown),
}

/// Why the API server did not say what becomes of the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefinitionUnknown {
    /// 401 or 403, with the API server's sentence.
    Refused(String),
    /// 404, although an object of the kind is there.
    Missing,
    /// No answer, or none that can be used.
    Unanswered,
}
