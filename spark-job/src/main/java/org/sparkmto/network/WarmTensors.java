package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;

/**
 * What of an earlier model's weights a network starts from: the shared part, all of it or the model
 * is refused, and the heads of tasks of the same names whose tensors have the same shapes.
 */
public final class WarmTensors {
  private static final int SHARED = -1;
  private static final int SHOWN = 5;

  private final Set<String> taken = new HashSet<>();
  private final List<String> heads = new ArrayList<>();
  private final List<String> without = new ArrayList<>();
  private int encoder;

  private WarmTensors() {}

  /**
   * Finds what can be taken.
   *
   * @param tensors what the model's file holds
   * @param encoderAlone whether heads start anew, whatever their names
   * @param where name of the file, for messages
   * @throws SafetensorsException if something of the shared part is missing or has another shape
   */
  public static WarmTensors match(
      NetworkPlan plan, List<Declared> tensors, boolean encoderAlone, String where)
      throws SafetensorsException {
    WarmTensors warm = new WarmTensors();
    Map<String, Declared> there = new HashMap<>();
    tensors.forEach(tensor -> there.put(tensor.name(), tensor));
    Map<Integer, List<Parameter>> parts = parts(plan.declare().book());
    List<Parameter> shared = parts.get(SHARED);
    List<String> unlike =
        shared.stream().map(p -> unlike(p, there)).filter(s -> !s.isEmpty()).toList();
    if (!unlike.isEmpty()) {
      throw new SafetensorsException(
          where,
          "its encoder is not that of network '%s' with these options and inputs: %s%s"
              .formatted(
                  plan.architecture(),
                  String.join(", ", unlike.stream().limit(SHOWN).toList()),
                  unlike.size() > SHOWN ? " and " + (unlike.size() - SHOWN) + " more" : ""));
    }
    warm.encoder = shared.size();
    shared.forEach(parameter -> warm.taken.add(parameter.name()));
    for (int task = 0; task < plan.tasks().size(); task++) {
      String name = plan.tasks().get(task).name();
      List<Parameter> head = parts.getOrDefault(task, List.of());
      List<String> other =
          head.stream().map(p -> unlike(p, there)).filter(s -> !s.isEmpty()).toList();
      if (encoderAlone) {
        warm.without.add(name);
      } else if (other.isEmpty()) {
        warm.heads.add(name);
        head.forEach(parameter -> warm.taken.add(parameter.name()));
      } else {
        warm.without.add(name + " (" + other.get(0) + ")");
      }
    }
    return warm;
  }

  /** Empty if the file has a parameter as it is here, and otherwise what is wrong, in words. */
  private static String unlike(Parameter parameter, Map<String, Declared> there) {
    Declared found = there.get(parameter.name());
    if (found == null) {
      return "no " + parameter.name();
    }
    return found.type() == Dtype.F32 && found.shape().equals(parameter.shape())
        ? ""
        : found + " instead of " + Dtype.F32 + parameter.shape();
  }

  /** Parameters and buffers by task; a buffer belongs to the part that its module's weights do. */
  private static Map<Integer, List<Parameter>> parts(ParameterBook book) {
    Map<Integer, List<Parameter>> parts = new LinkedHashMap<>();
    parts.put(SHARED, new ArrayList<>(book.sharedParameters()));
    for (int task = 0; task < book.headParameters().size(); task++) {
      parts.put(task, new ArrayList<>(book.headParameters().get(task)));
    }
    Map<String, Integer> owners = new HashMap<>();
    parts.forEach((part, all) -> all.forEach(one -> owners.put(module(one), part)));
    book.buffers()
        .forEach(buffer -> parts.get(owners.getOrDefault(module(buffer), SHARED)).add(buffer));
    return parts;
  }

  private static String module(Parameter parameter) {
    return parameter.name().substring(0, Math.max(0, parameter.name().lastIndexOf('.')));
  }

  /** Names of the parameters and buffers that start from the file. */
  Set<String> taken() {
    return taken;
  }

  /** Names of the tasks whose heads are taken. */
  public List<String> heads() {
    return List.copyOf(heads);
  }

  /** What is taken, in words. */
  public String summary() {
    return "taken: the encoder (%d tensors)%s"
        .formatted(encoder, heads.isEmpty() ? "" : " and the heads of " + String.join(", ", heads));
  }

  /** What starts anew and what of the model is not used, in words. */
  public String rest(List<String> tasksOfModel) {
    List<String> unused = tasksOfModel.stream().filter(task -> !heads.contains(task)).toList();
    return "not taken: %s%s"
        .formatted(
            without.isEmpty()
                ? "no head starts anew"
                : "the heads of " + String.join(", ", without) + " start anew",
            unused.isEmpty()
                ? ""
                : "; not used are the model's heads of " + String.join(", ", unused));
  }
}
