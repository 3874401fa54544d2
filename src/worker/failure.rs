//! Why a request has no result, in words for people.

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The key of its sentence in the text table, such as `error-size-mismatch`.
    pub key: &'static str,
    /// The sentence in English, complete in itself.
    pub headline: String,
    /// More for those who ask: causes, one a line.
    pub details: String,
}

impl Failure {
    /// The failure that `error` tells: the first line of its sentence, and all of its causes as details.
    #[must_use]
    pub fn from_error(key: &'static str, error: &(dyn std::error::Error + 'static)) -> Self {
        let sentence = error.to_string();
        let mut lines = sentence.lines();
        let headline = lines.next().unwrap_or_default().to_owned();
        let mut details: Vec<String> = lines.map(str::to_owned).collect();
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        // The first line only: the sentences of some libraries carry a backtrace.
        details.extend(causes.filter_map(|cause| cause.to_string().lines().next().map(str::to_owned)));
        Self { key, headline, details: details.join("\n") }
    }
}
