package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;

/**
 * How the tensors of a file become the starting weights of a network's backbone. The file has the
 * names of torchvision's models ({@code layer1.0.conv1.weight}), or those of a model that was
 * trained here ({@code encoder.layer1.0.conv1.weight}).
 */
public final class PretrainedWeights {
  /** PyTorch counts batches there; nothing here uses them. */
  private static final String COUNTS = "num_batches_tracked";

  private static final int SHOWN = 5;

  private final Map<String, List<String>> targets;
  private final List<String> unused;

  private PretrainedWeights(Map<String, List<String>> targets, List<String> unused) {
    this.targets = Map.copyOf(targets);
    this.unused = List.copyOf(unused);
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
    List<String> backbones = Architectures.byName(plan.architecture()).backbones(plan.inputs());
    Map<String, Declared> there = new LinkedHashMap<>();
    tensors.forEach(tensor -> there.put(tensor.name(), tensor));
    Map<String, List<String>> targets = new HashMap<>();
    List<String> missing = new ArrayList<>();
    List<String> different = new ArrayList<>();
    ParameterBook book = plan.declare().book();
    List<Parameter> all = new ArrayList<>(book.sharedParameters());
    all.addAll(book.buffers());
    int wanted = 0;
    for (Parameter parameter : all) {
      for (String backbone : backbones) {
        if (!parameter.name().startsWith(backbone)) {
          continue;
        }
        wanted++;
        String bare = parameter.name().substring(backbone.length());
        Declared found = there.getOrDefault(parameter.name(), there.get(bare));
        if (found == null) {
          missing.add(bare);
        } else if (found.type() != Dtype.F32 || !found.shape().equals(parameter.shape())) {
          different.add(found + " instead of " + Dtype.F32 + parameter.shape());
          there.remove(found.name());
        } else {
          targets.computeIfAbsent(found.name(), name -> new ArrayList<>()).add(parameter.name());
        }
      }
    }
    List<String> unused =
        there.keySet().stream()
            .filter(name -> !targets.containsKey(name) && !name.endsWith(COUNTS))
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
    return new PretrainedWeights(targets, unused);
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
    return "%d tensors of the backbone start from it%s"
        .formatted(
            used, unused.isEmpty() ? "" : ";" + listed("not used", unused).replaceAll(";$", ""));
  }
}
