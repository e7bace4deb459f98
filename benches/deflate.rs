//! The compressor alone, the same inside the gzip framing, and the scanner. All throughputs count
//! unpacked bytes.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

use std::hint::black_box;
use std::io::Write;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Compress, Compression, FlushCompress};
use mpconvert::deflate::{GzipWriter, scan_gzip};

mod sources;

fn compress(data: &[u8]) -> Vec<u8> {
    let mut zlib = Compress::new_with_window_bits(Compression::best(), false, 12);
    let mut output = Vec::with_capacity(data.len());
    zlib.compress_vec(data, &mut output, FlushCompress::Finish).expect("room for the output");
    output
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut writer = GzipWriter::new(Vec::new()).expect("memory takes all");
    writer.write_all(data).expect("memory takes all");
    writer.finish().expect("memory takes all")
}

fn deflate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("deflate");
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    for (name, size) in [("1 MB", 1_000_000), ("50 MB", 50_000_000)] {
        let data = sources::sources(size);
        let archive = gzip(&data);
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("compressor alone", name), |bencher| {
            bencher.iter(|| compress(black_box(&data)));
        });
        group.bench_function(BenchmarkId::new("gzip writer", name), |bencher| {
            bencher.iter(|| gzip(black_box(&data)));
        });
        group.bench_function(BenchmarkId::new("scanner", name), |bencher| {
            bencher.iter(|| scan_gzip(black_box(&archive)));
        });
    }
    group.finish();
}

criterion_group!(benches, deflate);
criterion_main!(benches);
