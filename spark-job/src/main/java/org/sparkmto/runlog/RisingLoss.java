package org.sparkmto.runlog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Losses that rise from the start: one that is more than {@value #JUMP} times the first within the
 * first {@value #BEGIN} steps, or whose mean over a later stretch is more than one and a half times
 * that of the first {@value #FIRST}. The first stretch begins with step {@value #BEGIN}; each is as
 * long as all that was before, and the last ends before half of the planned steps, because a loss
 * that rises later has other reasons.
 */
final class RisingLoss implements CautionRule {
  private static final int FIRST = 5;
  private static final int BEGIN = 20;
  private static final double MUCH = 1.5;
  private static final double JUMP = 10;

  private final List<String> tasks;
  private final long half;
  private final Mean[] first;
  private final Mean[] stretch;
  private long end = BEGIN;
  private long begin;
  private Optional<Caution> caution = Optional.empty();

  private static final class Mean {
    private double sum;
    private long count;
    private double earliest;
    private double greatest;

    void add(double value) {
      // What is infinite has risen, too.
      if (!Double.isNaN(value)) {
        earliest = count == 0 ? value : earliest;
        greatest = Math.max(greatest, value);
        sum += value;
        count++;
      }
    }

    double value() {
      return sum / count;
    }
  }

  RisingLoss(RunHeader header) {
    tasks = header.tasks();
    half = Math.max(2 * BEGIN, header.steps().orElse(Long.MAX_VALUE) / 2);
    first = means();
    stretch = means();
  }

  private Mean[] means() {
    return tasks.stream().map(task -> new Mean()).toArray(Mean[]::new);
  }

  @Override
  public Optional<Caution> hear(LogLine line) {
    if (!(line instanceof StepLine step) || caution.isPresent() || step.step() >= half) {
      return Optional.empty();
    }
    Optional<Caution> found = step.step() >= end ? endOfStretch() : Optional.empty();
    for (int task = 0; task < tasks.size(); task++) {
      double loss = step.losses().get(task);
      if (first[task].count < FIRST) {
        first[task].add(loss);
      }
      stretch[task].add(loss);
    }
    return found;
  }

  private Optional<Caution> endOfStretch() {
    caution = begin == 0 ? jump() : rise();
    Arrays.setAll(stretch, task -> new Mean());
    begin = end;
    end = 2 * end;
    return caution;
  }

  private Optional<Caution> jump() {
    List<String> jumping = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (int task = 0; task < tasks.size(); task++) {
      double before = stretch[task].earliest;
      double after = stretch[task].greatest;
      if (before > 0 && after > JUMP * before) {
        jumping.add(tasks.get(task));
        words.add(
            "that of '%s' from %s to %s"
                .formatted(tasks.get(task), CautionRule.number(before), CautionRule.number(after)));
      }
    }
    return jumping.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Caution(
                jumping,
                "%s at the start (%s in the first %d steps), which may leave a network that learns nothing more: schedule.rate looks far too high, try a tenth of it."
                    .formatted(
                        jumping.size() == 1 ? "A loss jumps" : "Losses jump",
                        CautionRule.listed(words),
                        BEGIN)));
  }

  private Optional<Caution> rise() {
    List<String> rising = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (int task = 0; task < tasks.size(); task++) {
      double before = first[task].value();
      double after = stretch[task].value();
      if (before > 0 && after > MUCH * before) {
        rising.add(tasks.get(task));
        words.add(
            "that of '%s' from %s to %s"
                .formatted(tasks.get(task), CautionRule.number(before), CautionRule.number(after)));
      }
    }
    if (rising.isEmpty()) {
      return Optional.empty();
    }
    String others =
        2 * rising.size() > tasks.size()
            ? ""
            : " If it stays so, the updates of the other tasks work against "
                + (rising.size() == 1 ? "it." : "them.");
    return Optional.of(
        new Caution(
            rising,
            "%s from the start (%s on average over steps %d to %d): schedule.rate looks too high, try a third of it.%s"
                .formatted(
                    rising.size() == 1 ? "A loss rises" : "Losses rise",
                    CautionRule.listed(words),
                    begin,
                    end - 1,
                    others)));
  }

  @Override
  public Optional<Caution> standing() {
    return caution;
  }
}
