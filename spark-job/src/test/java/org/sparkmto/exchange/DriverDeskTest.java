package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.method.GradientForm;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.timing.StepPhase;

class DriverDeskTest {
  private static final StepAnswer ANSWER =
      new StepAnswer.Weights(Vector.of(0.5, Double.NaN), Vector.of(1, -0.0));

  /** Of two tasks, one without a label. */
  private static final StepReport REPORT =
      new StepReport.Observed(
          Observation.ofLosses(7, 2, Vector.of(1, Double.NaN), Vector.of(3, 0))
              .withGram(SymmetricMatrix.of(2, 1, 2, 2, 4)));

  @Test
  void aReportIsWeighedBitForBit() throws IOException {
    StepReport[] seen = new StepReport[1];
    try (DriverDesk desk =
        DriverDesk.open(
            "run 1",
            report -> {
              seen[0] = report;
              return ANSWER;
            },
            failure -> {})) {
      byte[] question = weigh("run 1");
      DataInputStream in = Message.reader(DriverDesk.answer(question));
      assertThat(in.readByte()).isEqualTo(Message.OK);
      assertThat(in.readBoolean()).as("whether it is the last step").isFalse();
      assertThat(StepCodec.readAnswer(in)).isEqualTo(ANSWER);
      assertThat(in.available()).isZero();
      assertThat(seen[0]).isEqualTo(REPORT);
      assertThat(desk.bytesReceived()).isEqualTo(question.length);
    }
  }

  @Test
  void aClosedAttemptIsRefused() {
    DriverDesk.open("run 2", report -> ANSWER, failure -> {}).close();
    assertThat(refusal(weigh("run 2"))).isEqualTo("attempt run 2 is over");
    assertThat(refusal(Message.of(Message.READY, out -> out.writeUTF("never opened"))))
        .isEqualTo("attempt never opened is over");
  }

  @Test
  void anAttemptOpensOnceAndAnOldDeskDoesNotCloseANewOne() {
    DriverDesk old = DriverDesk.open("run 3", report -> ANSWER, failure -> {});
    assertThatThrownBy(() -> DriverDesk.open("run 3", report -> ANSWER, failure -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("attempt run 3 is already open");
    old.close();
    try (DriverDesk next = DriverDesk.open("run 3", report -> ANSWER, failure -> {})) {
      old.close();
      assertThat(DriverDesk.answer(weigh("run 3"))[0]).isEqualTo(Message.OK);
      assertThat(next.bytesReceived()).isPositive();
    }
  }

  @Test
  void aQuestionThatWaitedWhileTheAttemptEndedIsRefused() throws InterruptedException {
    byte[] question = weigh("run 4");
    AtomicInteger calls = new AtomicInteger();
    byte[][] late = new byte[1][];
    Thread waiting = new Thread(() -> late[0] = DriverDesk.answer(question));
    DriverDesk[] desk = new DriverDesk[1];
    desk[0] =
        DriverDesk.open(
            "run 4",
            report -> {
              if (calls.incrementAndGet() == 1) {
                waiting.start();
                // Blocked: it has found the desk open and waits for its turn.
                while (waiting.getState() != Thread.State.BLOCKED) {
                  Thread.onSpinWait();
                }
                desk[0].close();
              }
              return ANSWER;
            },
            failure -> {});
    assertThat(DriverDesk.answer(question)[0]).isEqualTo(Message.OK);
    waiting.join(10_000);
    assertThat(calls.get()).isEqualTo(1);
    assertThat(late[0]).isEqualTo(Message.refused("attempt run 4 is over"));
  }

  @Test
  void aRankTellsWhereTheTimeOfItsStepsGoes() throws Exception {
    byte[] message =
        Message.of(
            Message.TIMES,
            out -> {
              out.writeUTF("run 6");
              out.writeInt(3);
              for (StepPhase phase : StepPhase.values()) {
                out.writeDouble(0.5 + List.of(StepPhase.values()).indexOf(phase));
              }
            });
    Map<Integer, Map<StepPhase, Double>> heard = new TreeMap<>();
    try (DriverDesk desk =
        DriverDesk.open(
            "run 6", report -> ANSWER, failure -> {}, () -> false, heard::put, found -> {})) {
      assertThat(new AggregatorPlugin().driverPlugin().receive(message))
          .as("nobody waits for an answer")
          .isNull();
      assertThat(desk.bytesReceived()).isEqualTo(message.length);
    }
    assertThat(heard).containsOnlyKeys(3);
    assertThat(heard.get(3))
        .containsEntry(StepPhase.DATA, 0.5)
        .containsEntry(StepPhase.OTHER, 8.5)
        .hasSize(9);
  }

  @Test
  void whatTheAggregatorThrowsIsTheReasonOfTheRefusal() {
    try (DriverDesk desk =
        DriverDesk.open(
            "run 5",
            report -> {
              throw new IllegalArgumentException("x".repeat(100_000));
            },
            failure -> {})) {
      assertThat(refusal(weigh("run 5")))
          .startsWith("step 7: java.lang.IllegalArgumentException: xxx")
          .hasSizeLessThan(5000);
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void everyTruncationIsRefused() {
    try (DriverDesk desk = DriverDesk.open("run 6", report -> ANSWER, failure -> {})) {
      byte[] whole = weigh("run 6");
      for (int length = 0; length < whole.length; length++) {
        assertThat(DriverDesk.answer(Arrays.copyOf(whole, length))[0])
            .as("%d bytes", length)
            .isEqualTo(Message.REFUSED);
      }
      assertThat(DriverDesk.answer(whole)[0]).isEqualTo(Message.OK);
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  /** The number of tasks, the blocks and both together announce more than memory holds. */
  @ParameterizedTest
  @CsvSource({
    "2147483647, 1",
    "32769, 1",
    "0, 1",
    "-1, 1",
    "-2147483648, 1",
    "32768, 32768",
    "2, 32768",
    "2, 2147483647",
    "2, 0",
    "2, -1",
    "3, 1",
  })
  void numbersThatAreNotThereAreRefused(int tasks, int blocks) {
    try (DriverDesk desk = DriverDesk.open("run 7", report -> ANSWER, failure -> {})) {
      for (GradientForm form : GradientForm.values()) {
        byte[] question =
            Message.of(
                Message.WEIGH,
                out -> {
                  out.writeUTF("run 7");
                  out.writeByte(1);
                  out.writeLong(7);
                  out.writeInt(2);
                  out.writeInt(tasks);
                  out.writeByte(List.of(GradientForm.values()).indexOf(form));
                  out.writeInt(blocks);
                  for (int i = 0; i < 5; i++) {
                    out.writeDouble(i);
                  }
                });
        assertThat(refusal(question))
            .containsPattern("are not from 1 to 32768|numbers are announced, but 40 bytes follow");
      }
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void anUnknownKindAndAnEndlessNameAreRefused() {
    try (DriverDesk desk = DriverDesk.open("run 8", report -> ANSWER, failure -> {})) {
      assertThat(refusal(Message.of((byte) 99, out -> out.writeUTF("run 8"))))
          .isEqualTo("a message of unknown kind 99");
      assertThat(desk.bytesReceived()).isPositive();
    }
    assertThat(refusal(Message.of(Message.WEIGH, out -> out.writeUTF("x".repeat(65_535)))))
        .startsWith("attempt xxx");
  }

  @Property(tries = 300)
  void noMessageMakesTheDriverThrow(@ForAll @Size(max = 60) byte[] message) {
    assertThatCode(() -> assertThat(DriverDesk.answer(message)[0]).isEqualTo(Message.REFUSED))
        .doesNotThrowAnyException();
  }

  private static byte[] weigh(String attempt) {
    return Message.of(
        Message.WEIGH,
        out -> {
          out.writeUTF(attempt);
          StepCodec.write(REPORT, out);
        });
  }

  private static String refusal(byte[] question) {
    try {
      DataInputStream in = Message.reader(DriverDesk.answer(question));
      assertThat(in.readByte()).isEqualTo(Message.REFUSED);
      return in.readUTF();
    } catch (IOException e) {
      throw new AssertionError("the answer is damaged", e);
    }
  }
}
