package org.sparkmto.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;

/**
 * How the tensors of a file become the starting weights of a network's backbone. The file has the
 * names of torchvision's models ({@code layer1.0.conv1.weight}), or those of a model that was
 * trained here ({@code encoder.layer1.0.conv1.weight}); wrappers of PyTorch may have put {@code
 * module.}, {@code model.}, {@code backbone.} or {@code encoder.} before them. Numbers of 64 and 16
 * bits are read as 32-bit ones. A layer that reads the channels of a preference, too, starts from
 * one that does not, and with zeros for these: at first the preference changes nothing.
 */
public final class PretrainedWeights {
  /** PyTorch counts batches there; nothing here uses them. */
  private static final String COUNTS = "num_batches_tracked";

  /** What wrappers put before the names of a model, in any order and as often as they wrap. */
  private static final List<String> WRAPPERS =
      List.of("module.", "model.", "backbone.", "encoder.");

  private static final int SHOWN = 5;
  private static final int PIECE = 1 << 14;

  private final Map<String, List<String>> targets;
  private final List<String> unused;
  private final Set<String> remarks;

  private PretrainedWeights(
      Map<String, List<String>> targets, List<String> unused, Set<String> remarks) {
    this.targets = Map.copyOf(targets);
    this.unused = List.copyOf(unused);
    this.remarks = remarks;
  }

  /** What a file holds, by its names and by those without what wrappers put before them. */
  private static final class Tensors {
    private final Map<String, Declared> exact = new LinkedHashMap<>();
    private final Map<String, List<Declared>> bare = new HashMap<>();
    private final String where;

    Tensors(List<Declared> tensors, String where) {
      this.where = where;
      for (Declared tensor : tensors) {
        exact.put(tensor.name(), tensor);
        for (String name = unwrapped(tensor.name()); !name.isEmpty(); name = unwrapped(name)) {
          bare.computeIfAbsent(name, unknown -> new ArrayList<>()).add(tensor);
        }
      }
    }

    /** The name without its first wrapper; empty if it has none. */
    private static String unwrapped(String name) {
      return WRAPPERS.stream()
          .filter(name::startsWith)
          .map(wrapper -> name.substring(wrapper.length()))
          .findFirst()
          .orElse("");
    }

    /** The tensor of one of these names, the first that there is; null if there is none. */
    Declared find(List<String> names) throws SafetensorsException {
      for (String name : names) {
        if (exact.containsKey(name)) {
          return exact.get(name);
        }
      }
      for (String name : names) {
        List<Declared> found = bare.getOrDefault(name, List.of());
        if (found.size() > 1) {
          throw new SafetensorsException(
              where,
              "%s and %s may both be %s; leave one of them in the file"
                  .formatted(found.get(0).name(), found.get(1).name(), name));
        }
        if (!found.isEmpty()) {
          return found.get(0);
        }
      }
      return null;
    }
  }

  /**
   * Finds a tensor for everything in the backbone.
   *
   * @param tensors what the file holds
   * @param where name of the file, for messages
   * @throws SafetensorsException if something of the backbone is missing in the file, or has
   *     another shape or type there; the message lists all of it
   */
  public static PretrainedWeights match(NetworkPlan plan, List<Declared> tensors, String where)
      throws SafetensorsException {
    List<String> backbones = plan.backbones();
    Tensors there = new Tensors(tensors, where);
    Set<String> known = new HashSet<>();
    Set<String> remarks = new TreeSet<>();
    Map<String, List<String>> targets = new HashMap<>();
    List<String> missing = new ArrayList<>();
    List<String> different = new ArrayList<>();
    List<Parameter> all = backboneAndMore(plan);
    Map<String, List<Long>> unconditioned = new HashMap<>();
    backboneAndMore(plan.unconditioned())
        .forEach(parameter -> unconditioned.put(parameter.name(), parameter.shape()));
    int wanted = 0;
    for (Parameter parameter : all) {
      for (String backbone : backbones) {
        if (!parameter.name().startsWith(backbone)) {
          continue;
        }
        wanted++;
        String bare = parameter.name().substring(backbone.length());
        Declared found = there.find(List.of(parameter.name(), bare));
        if (found == null) {
          missing.add(bare);
          continue;
        }
        known.add(found.name());
        boolean fits =
            found.shape().equals(parameter.shape())
                || found.shape().equals(unconditioned.get(parameter.name()));
        if (!found.type().isReal() || !fits) {
          different.add(found + " instead of " + Dtype.F32 + parameter.shape());
        } else {
          remark(found, parameter.name(), bare, remarks);
          if (!found.shape().equals(parameter.shape())) {
            remarks.add("zeros in " + parameter.name() + " for the channels of the preference");
          }
          targets.computeIfAbsent(found.name(), name -> new ArrayList<>()).add(parameter.name());
        }
      }
    }
    List<String> unused =
        there.exact.keySet().stream()
            .filter(name -> !known.contains(name) && !name.endsWith(COUNTS))
            .toList();
    if (wanted == 0) {
      throw new SafetensorsException(
          where, "network '" + plan.architecture() + "' has no backbone to start from it");
    }
    if (!missing.isEmpty() || !different.isEmpty()) {
      throw new SafetensorsException(
          where,
          "not the weights of the backbone of '%s' with these options:%s%s%s"
              .formatted(
                  plan.architecture(),
                  listed("missing", missing),
                  listed("of another shape or type", different),
                  listed("unexpected", unused)));
    }
    return new PretrainedWeights(targets, unused, remarks);
  }

  private static List<Parameter> backboneAndMore(NetworkPlan plan) {
    ParameterBook book = plan.declare().book();
    List<Parameter> all = new ArrayList<>(book.sharedParameters());
    all.addAll(book.buffers());
    return all;
  }

  private static void remark(Declared found, String name, String bare, Set<String> remarks) {
    if (found.type() != Dtype.F32) {
      remarks.add("read from " + found.type());
    }
    if (!found.name().equals(name) && !found.name().equals(bare)) {
      String rest = found.name().endsWith(name) ? name : bare;
      remarks.add(
          "without the prefix " + found.name().substring(0, found.name().length() - rest.length()));
    }
  }

  /**
   * Reads all values, keeping none.
   *
   * @param where name of the file, for messages
   * @throws SafetensorsException if one that something starts from is not finite, or the file ends
   *     too early
   */
  public void check(SafetensorsReader reader, String where) throws IOException {
    float[] piece = new float[PIECE];
    for (Declared tensor : reader.tensors()) {
      if (!targets.containsKey(tensor.name()) && tensor.elements() > 0) {
        reader.skip();
        continue;
      }
      for (long done = 0; done < tensor.elements(); done += PIECE) {
        int count = (int) Math.min(PIECE, tensor.elements() - done);
        reader.rounded(piece, 0, count);
        requireFinite(tensor, done, piece, count, where);
      }
    }
    reader.finish();
  }

  /**
   * Looks at values of a tensor.
   *
   * @param done how many of its values came before
   * @throws SafetensorsException if one is not finite
   */
  static void requireFinite(Declared tensor, long done, float[] piece, int count, String where)
      throws SafetensorsException {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(piece[i])) {
        throw new SafetensorsException(
            where,
            "tensor %s holds %s as its value number %d, and a network can only start from finite"
                    .formatted(tensor, piece[i], done + i)
                + " 32-bit numbers; take another file");
      }
    }
  }

  private static String listed(String what, List<String> names) {
    if (names.isEmpty()) {
      return "";
    }
    String more = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
    return " %d %s (%s%s);"
        .formatted(
            names.size(), what, String.join(", ", names.stream().limit(SHOWN).toList()), more);
  }

  /**
   * Names of the parameters and buffers that start from each tensor of the file; without those that
   * nothing starts from.
   */
  Map<String, List<String>> targets() {
    return targets;
  }

  /** What is used and what is not, in words. */
  public String summary() {
    long used = targets.values().stream().mapToLong(List::size).sum();
    return "%d tensors of the backbone start from it%s%s"
        .formatted(
            used,
            remarks.isEmpty() ? "" : ", " + String.join(", ", remarks),
            unused.isEmpty() ? "" : ";" + listed("not used", unused).replaceAll(";$", ""));
  }
}
