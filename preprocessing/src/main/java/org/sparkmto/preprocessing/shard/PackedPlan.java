package org.sparkmto.preprocessing.shard;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;

/**
 * A plan on its way to a task. Java's serialization goes through five objects a sample and brings
 * the compilers to work on itself for longer than all plans take here.
 */
@SuppressWarnings("ArrayRecordComponent") // of a record that travels and is compared with none
record PackedPlan(byte[] bytes) implements Serializable {
  /** Characters that are surely not more than 65,535 bytes. */
  private static final int PIECE = 21_845;

  static PackedPlan of(ShardPlan plan) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(plan.samples().size());
      for (RankedSample ranked : plan.samples()) {
        RawSample sample = ranked.sample();
        if (!sample.embedded().isEmpty()) {
          throw new IllegalStateException("files join the samples of a plan on executors");
        }
        out.writeLong(ranked.rank());
        write(out, sample.id());
        write(out, sample.split());
        write(out, sample.source());
        out.writeLong(sample.index());
        out.writeInt(sample.labels().length);
        out.write(sample.labels());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not in memory
    }
    return new PackedPlan(bytes.toByteArray());
  }

  /** For Java, when it reads one of these. */
  private Object readResolve() {
    List<RankedSample> samples = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      for (int left = in.readInt(); left > 0; left--) {
        long rank = in.readLong();
        String id = read(in);
        String split = read(in).intern();
        String source = read(in);
        long index = in.readLong();
        byte[] labels = in.readNBytes(in.readInt());
        samples.add(new RankedSample(rank, new RawSample(id, split, source, index, labels)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not in memory
    }
    return ShardPlan.ranked(samples);
  }

  /** In Java's own UTF-8, which has halves of characters, as tables may hold, and short texts. */
  private static void write(DataOutputStream out, String text) throws IOException {
    out.writeInt((text.length() + PIECE - 1) / PIECE);
    for (int from = 0; from < text.length(); from += PIECE) {
      out.writeUTF(text.substring(from, Math.min(text.length(), from + PIECE)));
    }
  }

  private static String read(DataInputStream in) throws IOException {
    int pieces = in.readInt();
    String text = pieces == 0 ? "" : in.readUTF();
    for (int piece = 1; piece < pieces; piece++) {
      text += in.readUTF();
    }
    return text;
  }
}
