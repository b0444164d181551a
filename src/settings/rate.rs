//! Rates as they are typed: `Operation=calls/seconds`.

use std::time::Duration;

use cloud_core::Rate;
use privatelink::Operation;

use super::SettingsError;
use crate::cloud::scheduler::Rates;

/// The documented rates, changed by what was typed.
pub(super) fn rates(typed: &[String]) -> Result<Rates, SettingsError> {
    typed.iter().try_fold(Rates::documented(), |rates, text| {
        let refuse = |complaint| SettingsError::Rate { text: text.clone(), complaint };
        let (operation, rate) = parse(text).map_err(refuse)?;
        Ok(rates.with(operation, rate))
    })
}

fn parse(text: &str) -> Result<(Operation, Rate), String> {
    let form = || "give Operation=calls/seconds, such as CreateVpcEndpointService=200/60".to_owned();
    let (name, rate) = text.split_once('=').ok_or_else(form)?;
    let (calls, seconds) = rate.split_once('/').ok_or_else(form)?;
    let operation = Operation::from_name(name).ok_or_else(|| {
        format!("there is no operation {name:?}; write it as the provider does, such as CreateVpcEndpointService")
    })?;
    match (calls.parse(), seconds.parse()) {
        (Ok(calls @ 1..), Ok(seconds @ 1..=86_400)) => {
            Ok((operation, Rate { calls, per: Duration::from_secs(seconds) }))
        }
        _ => Err("give at least 1 call in 1 to 86400 seconds".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(texts: &[&str]) -> Result<Rates, SettingsError> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        rates(&texts)
    }

    #[test]
    fn a_typed_rate_holds_for_its_operation() {
        let expected = Rates::documented()
            .with(Operation::CreateVpcEndpointService, Rate { calls: 7, per: Duration::from_secs(3) });
        assert_eq!(typed(&["CreateVpcEndpointService=7/3"]), Ok(expected));
        assert_eq!(typed(&[]), Ok(Rates::documented()));
    }

    #[test]
    fn what_is_no_rate_is_refused_with_the_form() {
        for text in ["", "CreateVpcEndpointService", "CreateVpcEndpointService=7", "7/60"] {
            let refused = typed(&[text]).unwrap_err().to_string();
            assert_eq!(
                refused,
                format!(
                    "failed to use --rate {text:?}: give Operation=calls/seconds, such as CreateVpcEndpointService=200/60"
                )
            );
        }
    }

    #[test]
    fn an_operation_that_is_none_is_refused() {
        let refused = typed(&["createVpcEndpointService=7/60"]).unwrap_err().to_string();
        assert!(refused.contains(r#"there is no operation "createVpcEndpointService""#), "{refused}");
    }

    #[test]
    fn numbers_out_of_bounds_are_refused() {
        for numbers in ["0/60", "7/0", "-1/60", "7/86401", "x/y"] {
            let refused = typed(&[&format!("TagResources={numbers}")]).unwrap_err().to_string();
            assert!(refused.ends_with("give at least 1 call in 1 to 86400 seconds"), "{refused}");
        }
    }
}
