//! The program file.

use super::number;
use crate::Outcome;
use crate::binary::{self, Linkage};
use crate::figure::{Figure, Unit};
use crate::report::Report;
use crate::stage::Stage;

pub(super) fn measure(stage: &Stage, report: &mut Report) -> Outcome<()> {
    let binary = binary::read(stage.operator_file())?;
    let what = match binary.linkage {
        Linkage::Static => "size of the program, static",
        Linkage::Dynamic => "size of the program, not static",
    };
    let size = number(binary.bytes) / f64::from(1 << 20);
    report.figures.push(Figure::new(what, size, Unit::Mebibytes).goal("P15", 12.0));
    Ok(())
}
