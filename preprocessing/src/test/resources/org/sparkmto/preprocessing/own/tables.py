"""Tables as several programs write them: the same twelve rows, one file or directory for each.

python tables.py DIRECTORY
"""
import datetime as d, decimal, io, os, shutil, sys
import duckdb, numpy as np, pandas as pd, polars as pl, pyarrow as pa, pyarrow.parquet as pq
from PIL import Image
import datasets

out = sys.argv[1]; os.chdir(out)
n = 12
def png(i):
    b = io.BytesIO(); Image.fromarray(np.full((4, 4, 3), i * 9, 'u1')).save(b, 'PNG'); return b.getvalue()
images = [png(i) for i in range(n)]
names = [f'{i}.png' for i in range(n)]
kinds = [['cat', 'dog', None][i % 3] for i in range(n)]
reals = [None if i % 4 == 3 else i / 2 for i in range(n)]
plain = {'id': names, 'image': images, 'kind': kinds, 'real': reals}

# pandas: nullable types, categories, times in nanoseconds, an index with a name
f = pd.DataFrame({'id': names, 'image': images, 'kind': pd.Categorical(kinds), 'real': pd.array(reals, 'Float64'),
                  'whole': pd.array([None if r is None else int(2 * r) for r in reals], 'Int64'),
                  'seen': pd.date_range('2024-01-01', periods=n).astype('datetime64[ns]'), 'span': pd.to_timedelta(range(n), 'ns')}).set_index(pd.Index(range(n), name='row'))
f.to_parquet('pandas.parquet')
# pyarrow: types that Spark does not read beside those that are needed, decimals, dictionaries, byte stream split
t = pa.table({'id': pa.array(names, pa.large_string()), 'image': pa.array(images, pa.large_binary()), 'kind': pa.array(kinds).dictionary_encode(),
              'real': pa.array([None if r is None else decimal.Decimal(str(r)) for r in reals], pa.decimal128(9, 3)),
              'half': pa.array(np.zeros(n, np.float16)), 'time': pa.array([d.time(1, 2)] * n), 'nanos': pa.array([d.datetime(2024, 1, 1)] * n, pa.timestamp('ns')),
              'span': pa.array([1] * n, pa.duration('ns')), 'map': pa.array([[('a', 1)]] * n, pa.map_(pa.string(), pa.int32())), 'nested': pa.array([{'half': np.float16(1)}] * n), 'void': pa.nulls(n)})
pq.write_table(t, 'pyarrow.parquet')
pq.write_table(pa.table(plain), 'pyarrow-split.parquet', use_dictionary=False, column_encoding={'real': 'BYTE_STREAM_SPLIT', 'image': 'DELTA_LENGTH_BYTE_ARRAY', 'id': 'DELTA_BYTE_ARRAY', 'kind': 'PLAIN'})
for codec in 'gzip', 'zstd', 'lz4', 'none', 'brotli':
    pq.write_table(pa.table(plain), f'pyarrow-{codec}.parquet', compression=codec, data_page_version='2.0')
# polars
p = pl.DataFrame({**plain, 'kind': pl.Series(kinds, dtype=pl.Categorical), 'u': pl.Series(range(n), dtype=pl.UInt64), 'when': [d.timedelta(seconds=i) for i in range(n)], 'at': [d.time(3)] * n})
p.write_parquet('polars.parquet')
p.with_columns(fold=pl.Series(['a b', 'c=%', 'a b'] * 4)).write_parquet('polars-hive', partition_by=['fold']) if not os.path.exists('polars-hive') else None
# DuckDB
duckdb.register('t', pa.table(plain))
duckdb.sql("copy (select *, now() as at, uuid() as u, 1::hugeint as h, interval 1 day as span from t) to 'duckdb.parquet' (format parquet)")
duckdb.sql("copy t to 'duckdb-v2.parquet' (format parquet, parquet_version v2)")
duckdb.sql("copy (select *, case when id < '5' then 'a b' else 'c=%' end as fold from t) to 'duckdb-hive' (format parquet, partition_by (fold))")
# Hugging Face data sets: images are structures of bytes and path
h = datasets.Dataset.from_dict({'id': names, 'image': [{'bytes': b, 'path': None} for b in images], 'kind': kinds, 'real': reals}, features=datasets.Features({'id': datasets.Value('string'), 'image': datasets.Image(), 'kind': datasets.Value('string'), 'real': datasets.Value('float32')}))
h.to_parquet('datasets.parquet')
for m in pd, pl, duckdb, pa, datasets: print(m.__name__, m.__version__)
