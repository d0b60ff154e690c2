package org.sparkmto.preprocessing.shard;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;

/** What is compressed, and how zstd does it: for a reader of Parquet, zstd as any other. */
enum PageCompression {
  /**
   * Images and little else. A pixel is hardly ever repeated far away, and how often each of its 256
   * values occurs is another matter in the next channel and image. So a window, and with it a block
   * with frequencies of its own, has 8 KiB, and one small table finds repetitions of five bytes. On
   * photographs that leaves as little as level 3, in half of its time (docs/data.md).
   */
  PIXELS {
    @Override
    ZstdCompressCtx zstd() {
      return new ZstdCompressCtx()
          .setLevel(3)
          .setWindowLog(13)
          .setStrategy(1) // ZSTD_fast: one table
          .setMinMatch(5)
          .setHashLog(11);
    }
  },

  /** Maps, whose lines are repeated for long: zstd's usual level. */
  USUAL {
    @Override
    ZstdCompressCtx zstd() {
      return new ZstdCompressCtx().setLevel(3);
    }
  };

  /** Images have this many times the bytes of all other columns. */
  private static final int MUCH_MORE = 8;

  /** The one that suits rows of these columns. */
  static PageCompression of(List<Column> columns) {
    long images =
        columns.stream()
            .filter(column -> column.role() == Column.Role.INPUT)
            .filter(column -> column.type() == ElementType.UINT8 && column.shape().size() == 3)
            .mapToLong(Column::bytes)
            .sum();
    long all = columns.stream().mapToLong(Column::bytes).sum();
    return images >= MUCH_MORE * (all - images) ? PIXELS : USUAL;
  }

  abstract ZstdCompressCtx zstd();

  /** The compressor of one file, to be used by one thread. */
  CompressionCodecFactory codec() {
    return new Codec(zstd());
  }

  private static final class Codec
      implements CompressionCodecFactory,
          CompressionCodecFactory.BytesInputCompressor,
          ByteBufferAllocator {
    private final ZstdCompressCtx zstd;
    private byte[] plain = new byte[0];
    private byte[] compressed = new byte[0];

    Codec(ZstdCompressCtx zstd) {
      this.zstd = zstd;
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
      if (name != getCodecName()) {
        throw new IllegalArgumentException("shards are compressed with zstd, not with " + name);
      }
      return this;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
      throw new UnsupportedOperationException("of writing alone");
    }

    /** What is returned holds until the next page is compressed, before which Parquet copies it. */
    @Override
    public BytesInput compress(BytesInput page) throws IOException {
      ByteBuffer bytes = page.toByteBuffer(this, buffer -> {});
      int most = Math.toIntExact(Zstd.compressBound(bytes.remaining()));
      if (compressed.length < most) {
        compressed = new byte[most];
      }
      int length =
          zstd.compressByteArray(
              compressed,
              0,
              compressed.length,
              bytes.array(),
              bytes.arrayOffset() + bytes.position(),
              bytes.remaining());
      return BytesInput.from(compressed, 0, length);
    }

    /** One page is joined at a time; a new array for each would be cleared and collected. */
    @Override
    public ByteBuffer allocate(int size) {
      if (plain.length < size) {
        plain = new byte[size];
      }
      return ByteBuffer.wrap(plain, 0, size);
    }

    @Override
    public void release(ByteBuffer buffer) {
      // stays for the next page
    }

    @Override
    public boolean isDirect() {
      return false;
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {
      zstd.close();
    }
  }
}
