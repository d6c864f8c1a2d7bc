//! The JSON object that a subcommand ends with.

use core::fmt;

/// A value of the report.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// `null`: it cannot be told here.
    Unknown,
    Truth(bool),
    Count(u64),
    /// It may be negative: memory can be given back.
    Difference(i64),
    /// With three digits behind the point.
    Measure(f64),
}

/// Members in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report(Vec<(&'static str, Value)>);

impl Report {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((name, value.into()));
        self
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = '{';
        for (name, value) in &self.0 {
            // Names are this program's own: nothing in them is to be escaped.
            write!(formatter, "{before}\"{name}\":{value}")?;
            before = ',';
        }
        formatter.write_str("}")
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Measure(measure) if measure.is_finite() => write!(formatter, "{measure:.3}"),
            Self::Unknown | Self::Measure(_) => formatter.write_str("null"),
            Self::Truth(truth) => truth.fmt(formatter),
            Self::Count(count) => count.fmt(formatter),
            Self::Difference(difference) => difference.fmt(formatter),
        }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<i64> for Value {
    fn from(difference: i64) -> Self {
        Self::Difference(difference)
    }
}

impl From<f64> for Value {
    fn from(measure: f64) -> Self {
        Self::Measure(measure)
    }
}

impl<V: Into<Self>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_json_object_in_its_own_order() {
        let report = Report::new()
            .with("n", 3_usize)
            .with("ms", 1.5)
            .with("delta_kb", -4_i64)
            .with("same", true)
            .with("hwm_kb", None::<u64>)
            .with("rate", f64::INFINITY);
        assert_eq!(
            report.to_string(),
            r#"{"n":3,"ms":1.500,"delta_kb":-4,"same":true,"hwm_kb":null,"rate":null}"#
        );
    }
}
