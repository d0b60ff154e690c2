package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.JitModule;

/**
 * The operations of a module of TorchScript, as libtorch prints them, each on a line: {@code %y :
 * Tensor = aten::relu(%x) # where}.
 */
final class ScriptGraph {
  private static final Pattern NODE =
      Pattern.compile(
          "^\\s*(?:(%.*?) = )?(\\w+::\\w+)(?:\\[.*?\\])?\\(([^)]*)\\)(?:, scope.*)?"
              + "(?:\\s*#\\s*(.*))?$");
  private static final Pattern VALUE = Pattern.compile("%[\\w.]+");

  /** From tensors to numbers of the host, by which it may decide. */
  private static final Set<String> TO_NUMBERS =
      Set.of(
          "aten::Bool",
          "aten::Int",
          "aten::Float",
          "aten::item",
          "aten::IntImplicit",
          "aten::FloatImplicit",
          "aten::ScalarImplicit",
          "aten::is_nonzero",
          "aten::equal",
          "aten::allclose",
          "aten::tolist",
          "prim::tolist");

  private static final Pattern RANDOM =
      Pattern.compile(
          "aten::(native_|feature_|alpha_|feature_alpha_)?dropout_?"
              + "|aten::(bernoulli|normal|uniform|exponential|geometric|random|cauchy|log_normal)_?"
              + "|aten::rand\\w*|aten::(multinomial|poisson|rrelu_?|rrelu_with_noise_?)"
              + "|aten::scaled_dot_product_attention|aten::(lstm|gru|rnn_tanh|rnn_relu)");

  /**
   * One operation.
   *
   * @param inputs the values that it reads
   * @param place where it stands in the Python that was exported; empty if that is not known
   */
  private record Node(String kind, List<String> inputs, String place) {}

  private final Map<String, Node> producers = new HashMap<>();
  private final List<Node> decisions = new ArrayList<>();
  private boolean random;

  private ScriptGraph() {}

  /** Those of a module. */
  static ScriptGraph of(JitModule module) {
    try (PointerScope scope = new PointerScope()) {
      GraphFunction forward = new GraphFunction(module.get_method("forward").function());
      return parse(forward.optimized_graph().toString());
    }
  }

  /** Reads what libtorch prints. */
  static ScriptGraph parse(String text) {
    ScriptGraph graph = new ScriptGraph();
    text.lines().forEach(graph::add);
    return graph;
  }

  private void add(String line) {
    Matcher matcher = NODE.matcher(line);
    if (!matcher.matches()) {
      return;
    }
    String kind = matcher.group(2);
    Node node =
        new Node(
            kind,
            VALUE.matcher(matcher.group(3)).results().map(found -> found.group()).toList(),
            matcher.group(4) == null ? "" : matcher.group(4).strip());
    if (matcher.group(1) != null) {
      VALUE.matcher(matcher.group(1)).results().forEach(of -> producers.put(of.group(), node));
    }
    if (kind.equals("prim::If") || kind.equals("prim::Loop")) {
      decisions.add(node);
    }
    random |= RANDOM.matcher(kind).matches();
  }

  /** Whether it draws at random, at least in training. */
  boolean isRandom() {
    return random;
  }

  /** Where it decides by the numbers in a tensor which operations run: one such place, in words. */
  Optional<String> decisionOnData() {
    for (Node decision : decisions) {
      int conditions = decision.kind().equals("prim::Loop") ? 2 : 1;
      for (String condition : decision.inputs().stream().limit(conditions).toList()) {
        if (reachesTensor(condition, new HashSet<>())) {
          return Optional.of(
              (decision.kind().equals("prim::Loop") ? "a loop" : "an if")
                  + (decision.place().isEmpty() ? "" : " at " + decision.place()));
        }
      }
    }
    return Optional.empty();
  }

  private boolean reachesTensor(String value, Set<String> seen) {
    Node producer = producers.get(value);
    return producer != null
        && seen.add(value)
        && (TO_NUMBERS.contains(producer.kind())
            || producer.inputs().stream().anyMatch(input -> reachesTensor(input, seen)));
  }
}
