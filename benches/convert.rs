//! The whole way of one release in memory: read, select, check, write, judge.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flate2::Compression;
use flate2::write::GzEncoder;
use mpconvert::ops::convert_bytes;
use mpconvert::options::ConvertOptions;

mod sources;

/// Bytes of one module of the releases measured here.
const MODULE: usize = 8192;

/// A gzipped sdist of `size` bytes of modules, in the form that upip took.
fn sdist(size: usize) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let mut add = |path: String, data: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, data).expect("memory takes all");
    };
    add("x-1.0/PKG-INFO".to_owned(), b"Metadata-Version: 2.1\nName: x\nVersion: 1.0\n");
    for (number, module) in sources::sources(size).chunks(MODULE).enumerate() {
        add(format!("x-1.0/x/module_{number}.py"), module);
    }
    archive.into_inner().and_then(GzEncoder::finish).expect("memory takes all")
}

fn convert(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("convert");
    group.sample_size(10);
    for (name, size) in [("10 kB", 10_000), ("1 MB", 1_000_000)] {
        let sdist = bytes::Bytes::from(sdist(size));
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("sdist", name), |bencher| {
            bencher.iter(|| {
                let options = ConvertOptions::default();
                convert_bytes("x-1.0.tar.gz", black_box(sdist.clone()), &options)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, convert);
criterion_main!(benches);
