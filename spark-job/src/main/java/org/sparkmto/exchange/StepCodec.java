package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.method.GradientForm;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Observation;
import org.sparkmto.method.Vector;

/**
 * Reports and answers of steps as bytes, in both directions: small whole numbers that say what
 * follows, then doubles. Nothing is allocated before the message was seen to hold it, and nothing
 * may follow.
 */
final class StepCodec {
  private static final byte OBSERVED = 1;
  private static final byte UPDATED = 2;
  private static final byte WEIGHTS = 3;
  private static final byte AVERAGE_WEIGHTS = 4;
  private static final byte NOTED = 5;
  private static final byte CLIPPED = 6;
  private static final byte LOOKED = 7;
  private static final byte ANALYSED = 8;

  /** More tasks, or groups of parameters, than anybody trains. */
  private static final int MOST = 1 << 15;

  private static final List<GradientForm> FORMS = List.of(GradientForm.values());

  private StepCodec() {}

  private interface Write {
    void to(DataOutputStream out) throws IOException;
  }

  static void write(StepReport report, DataOutputStream out) throws IOException {
    report
        .<Write>map(
            StepCodec::observed,
            StepCodec::updated,
            StepCodec::clipped,
            StepCodec::looked,
            StepCodec::analysed)
        .to(out);
  }

  private static Write observed(StepReport.Observed report) {
    Observation seen = report.seen();
    GradientSummary gradients = seen.gradients();
    return out -> {
      out.writeByte(OBSERVED);
      out.writeLong(seen.step());
      out.writeInt(seen.epoch());
      out.writeInt(seen.losses().size());
      out.writeByte(FORMS.indexOf(gradients.form()));
      out.writeInt(gradients.blocks());
      writeDoubles(seen.losses().toArray(), out);
      writeDoubles(seen.labelled().toArray(), out);
      writeDoubles(gradients.numbers(), out);
    };
  }

  private static Write updated(StepReport.Updated report) {
    return out -> {
      out.writeByte(UPDATED);
      out.writeLong(report.step());
      out.writeInt(report.losses().size());
      writeDoubles(report.losses().toArray(), out);
    };
  }

  private static Write clipped(StepReport.Clipped report) {
    return out -> {
      out.writeByte(CLIPPED);
      out.writeLong(report.step());
      out.writeDouble(report.norm());
    };
  }

  private static Write looked(StepReport.Looked report) {
    return out -> {
      out.writeByte(LOOKED);
      out.writeLong(report.step());
      out.writeInt(report.products().size());
      writeDoubles(new GradientSummary.Gram(report.products()).numbers(), out);
    };
  }

  private static Write analysed(StepReport.Analysed report) {
    return out -> {
      GradientSums.Shape shape = report.sums().shape();
      out.writeByte(ANALYSED);
      out.writeLong(report.step());
      out.writeLong(report.epoch());
      out.writeInt(shape.layers());
      out.writeInt(shape.tasks());
      // None is a number of samples, too.
      out.writeInt(shape.samples() + 1);
      writeDoubles(report.sums().values(), out);
    };
  }

  private static StepReport readAnalysed(long step, DataInputStream in) throws IOException {
    long epoch = in.readLong();
    int layers = readCount("layers", in);
    int tasks = readCount("tasks", in);
    int samples = readCount("samples", in) - 1;
    GradientSums.Shape shape = new GradientSums.Shape(layers, tasks, samples);
    if (shape.numbers() > in.available()) {
      throw new IOException("%s are more than what follows".formatted(shape));
    }
    return new StepReport.Analysed(
        step, epoch, GradientSums.of(shape, readRest(shape.numbers(), in)));
  }

  /**
   * The report that {@link #write} wrote, which must end the message.
   *
   * @throws IOException if there is none
   */
  static StepReport readReport(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    long step = in.readLong();
    if (kind == UPDATED) {
      int tasks = readCount("tasks", in);
      return new StepReport.Updated(step, Vector.of(readRest(tasks, in)));
    }
    if (kind == CLIPPED) {
      return new StepReport.Clipped(step, readRest(1, in)[0]);
    }
    if (kind == LOOKED) {
      int tasks = readCount("tasks", in);
      GradientSummary seen =
          GradientForm.GRAM.read(tasks, 1, readRest(GradientForm.GRAM.count(tasks, 1), in));
      return new StepReport.Looked(step, seen.gram().orElseThrow());
    }
    if (kind == ANALYSED) {
      return readAnalysed(step, in);
    }
    if (kind != OBSERVED) {
      throw new IOException("a report of unknown kind " + kind);
    }
    int epoch = in.readInt();
    int tasks = readCount("tasks", in);
    int form = in.readUnsignedByte();
    if (form >= FORMS.size()) {
      throw new IOException("a summary of gradients of unknown form " + form);
    }
    int blocks = readCount("weights per task", in);
    long numbers = FORMS.get(form).count(tasks, blocks);
    requireRest(2L * tasks + numbers, in);
    Vector losses = Vector.of(readDoubles(tasks, in));
    Vector labelled = Vector.of(readDoubles(tasks, in));
    GradientSummary gradients =
        FORMS.get(form).read(tasks, blocks, readDoubles(Math.toIntExact(numbers), in));
    return new StepReport.Observed(new Observation(step, epoch, losses, labelled, gradients));
  }

  static void write(StepAnswer answer, DataOutputStream out) throws IOException {
    answer
        .<Write>map(
            weights -> to -> writeSizes(WEIGHTS, weights, to),
            averages -> to -> writeSizes(AVERAGE_WEIGHTS, averages.weights(), to),
            noted -> to -> to.writeByte(NOTED))
        .to(out);
    writeDoubles(answer.numbers(), out);
  }

  private static void writeSizes(byte kind, StepAnswer.Weights weights, DataOutputStream out)
      throws IOException {
    int tasks = weights.heads().size();
    out.writeByte(kind);
    out.writeInt(tasks);
    out.writeInt(weights.shared().size() / tasks);
  }

  /**
   * The answer that {@link #write} wrote, which must end the message.
   *
   * @throws IOException if there is none
   */
  static StepAnswer readAnswer(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    if (kind == NOTED) {
      requireRest(0, in);
      return new StepAnswer.Noted();
    }
    if (kind != WEIGHTS && kind != AVERAGE_WEIGHTS) {
      throw new IOException("an answer of unknown kind " + kind);
    }
    int tasks = readCount("tasks", in);
    int blocks = readCount("weights per task", in);
    return kind == WEIGHTS
        ? StepAnswer.Weights.of(tasks, blocks, readRest(tasks * (blocks + 1L), in))
        : StepAnswer.AverageWeights.of(tasks, readRest(4L * tasks, in));
  }

  private static int readCount(String of, DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 1 || count > MOST) {
      throw new IOException(count + " " + of + " are not from 1 to " + MOST);
    }
    return count;
  }

  private static double[] readRest(long count, DataInputStream in) throws IOException {
    requireRest(count, in);
    return readDoubles(Math.toIntExact(count), in);
  }

  private static void requireRest(long count, DataInputStream in) throws IOException {
    if (count * Double.BYTES != in.available()) {
      throw new IOException(
          "%d numbers are announced, but %d bytes follow".formatted(count, in.available()));
    }
  }

  private static double[] readDoubles(int count, DataInputStream in) throws IOException {
    byte[] bytes = new byte[Math.multiplyExact(count, Double.BYTES)];
    in.readFully(bytes);
    double[] values = new double[count];
    ByteBuffer.wrap(bytes).asDoubleBuffer().get(values);
    return values;
  }

  private static void writeDoubles(double[] values, DataOutputStream out) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Double.BYTES));
    bytes.asDoubleBuffer().put(values);
    out.write(bytes.array());
  }
}
