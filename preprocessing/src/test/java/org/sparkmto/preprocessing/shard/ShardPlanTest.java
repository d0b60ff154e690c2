package org.sparkmto.preprocessing.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.RawSample;

class ShardPlanTest {
  @Test
  void aPlanArrivesAsItWasSent() throws Exception {
    String half = "\ud83d";
    List<RawSample> samples =
        List.of(
            new RawSample("a", "train", "s3a://b/ü.jpg", 3, new byte[] {1, -1}),
            new RawSample(half + "x".repeat(70_000), "train", "", Long.MIN_VALUE, new byte[0]),
            new RawSample("c", "train", "file:/c d", 0, new byte[5]));
    ShardPlan sent = ShardPlan.of(samples, 1, 10, OptionalInt.of(1)).get("train").get(0);
    ShardPlan arrived = arrived(sent);
    assertThat(arrived.samples()).usingRecursiveComparison().isEqualTo(sent.samples());
    assertThat(arrived(ShardPlan.inOrder(List.of())).samples()).isEmpty();
  }

  private static ShardPlan arrived(ShardPlan sent) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sent);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (ShardPlan) in.readObject();
    }
  }
}
