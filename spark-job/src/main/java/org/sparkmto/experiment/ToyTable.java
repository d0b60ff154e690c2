package org.sparkmto.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.sparkmto.json.Json;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.random.Draws;

/**
 * The published table of the toy problem (Liu et al., NeurIPS 2021): how many updates it takes
 * until the mean of both losses is below -15 from the slowest of three starts, and "-" where one of
 * them does not get there in 100 000 updates.
 *
 * <p>Beside the published formulas ({@link ToyReference}) every cell is counted with our registered
 * method. Few cells are well-conditioned: in the pits of the logarithms gradients reach 1e5, a path
 * that crosses one is thrown by {@code rate * 1e5}, and one unit in the last place changes the
 * count by 20 to 100 %.
 *
 * @param rows one per published cell
 */
public record ToyTable(List<Row> rows) {
  private static final int MOST = 100_000;
  private static final String ADAM = "adam";
  private static final String SGD = "sgd";

  /**
   * The methods that must count like the publication when they come from the registry. Our CAGrad
   * solves its problem without the published guards of 1e-4, which is another path near the Pareto
   * front: Adam at rate 0.1 takes 788 steps without them and 802 with them.
   */
  private static final Set<String> EXACT_WHEN_REGISTERED = Set.of("ew", "pcgrad");

  /**
   * Rate and published count. "!" marks the cells that come out the same in every precision, "~"
   * two "-" that single precision contradicts from all starts.
   */
  private static final String PUBLISHED =
      """
      adam ew     10:26! 5:37! 1:22! 0.5:58! 0.1:709! 0.05:2135 0.01:9015 0.005:16005 0.001:-!
      adam pcgrad 10:25! 5:4960 1:56! 0.5:15741 0.1:34175 0.05:41438 0.01:-! 0.005:-! 0.001:-!
      adam cagrad 10:27! 5:30! 1:32! 0.5:106! 0.1:802! 0.05:7109 0.01:11239 0.005:14323 0.001:57700
      sgd  ew     10:-! 5:103 1:-! 0.5:-! 0.1:-~ 0.05:-~ 0.01:-! 0.005:-! 0.001:-!
      sgd  pcgrad 10:-! 5:-! 1:-! 0.5:-! 0.1:-! 0.05:-! 0.01:-! 0.005:-! 0.001:-!
      sgd  cagrad 10:644 5:- 1:213 0.5:621 0.1:8069 0.05:5732 0.01:20418 0.005:34405 0.001:-!
      """;

  public ToyTable {
    rows = List.copyOf(rows);
  }

  /** What is known of a published cell. */
  enum Kind {
    /** The same in every precision. */
    ROBUST,
    /** Depends on the last bit. */
    CHAOTIC,
    /** Published as not reached, but reached in single precision. */
    CONTRADICTED
  }

  /**
   * A published cell.
   *
   * @param updates as published; empty for "-"
   */
  record Cell(String optimizer, String method, double rate, OptionalInt updates, Kind kind) {}

  /** What a cell is found to be. */
  enum Verdict {
    EXACT("exact"),
    ROBUST_NEVER("robust -"),
    MAGNITUDE("chaotic: order of magnitude only"),
    UNLIKE("does not reproduce"),
    DIFFERS("DIFFERS, and must not");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }
  }

  /**
   * A cell counted anew.
   *
   * @param reference with the published formulas in double precision
   * @param registered with our registered method; absent if it is not in the registry
   * @param single in single precision, where that contradicts the publication
   */
  record Row(
      Cell cell, OptionalInt reference, Optional<OptionalInt> registered, OptionalInt single) {

    Verdict verdict() {
      OptionalInt paper = cell.updates();
      if (cell.kind() == Kind.ROBUST) {
        boolean same =
            paper.equals(reference)
                && (!EXACT_WHEN_REGISTERED.contains(cell.method())
                    || registered.map(paper::equals).orElse(true));
        return !same ? Verdict.DIFFERS : paper.isPresent() ? Verdict.EXACT : Verdict.ROBUST_NEVER;
      }
      if (single.isPresent() || paper.isPresent() != reference.isPresent()) {
        return Verdict.UNLIKE;
      }
      double ratio = (double) paper.orElse(1) / reference.orElse(1);
      return ratio > 0.1 && ratio < 10 ? Verdict.MAGNITUDE : Verdict.UNLIKE;
    }
  }

  /** The published table. */
  static List<Cell> published() {
    List<Cell> cells = new ArrayList<>();
    for (String line : PUBLISHED.strip().split("\n", -1)) {
      String[] words = line.strip().split("\\s+", -1);
      for (int i = 2; i < words.length; i++) {
        String[] parts = words[i].split(":", -1);
        char mark = parts[1].charAt(parts[1].length() - 1);
        String count = parts[1].replaceAll("[!~]", "");
        cells.add(
            new Cell(
                words[0],
                words[1],
                Double.parseDouble(parts[0]),
                count.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(count)),
                mark == '!' ? Kind.ROBUST : mark == '~' ? Kind.CONTRADICTED : Kind.CHAOTIC));
      }
    }
    return cells;
  }

  /** Counts cells on all cores, and says on {@code progress} how far it is. */
  public static ToyTable count(PrintWriter progress) throws InterruptedException {
    return count(published(), progress);
  }

  static ToyTable count(List<Cell> cells, PrintWriter progress) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<Row>> pending = new ArrayList<>();
      cells.forEach(cell -> pending.add(pool.submit(() -> row(cell))));
      List<Row> rows = new ArrayList<>();
      for (Future<Row> row : pending) {
        rows.add(row.get());
        progress.printf("\r%d of %d cells", rows.size(), cells.size());
        progress.flush();
      }
      progress.println();
      return new ToyTable(rows);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a cell of the table could not be counted", e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private static Row row(Cell cell) {
    ToyReference reference = ToyReference.valueOf(cell.method().toUpperCase(Locale.ROOT));
    OptionalInt single =
        cell.kind() == Kind.CONTRADICTED
            ? slowest(
                start -> {
                  int updates =
                      ToyProblem.meanDescentInSinglePrecision(start, (float) cell.rate(), MOST);
                  return updates < 0 ? OptionalInt.empty() : OptionalInt.of(updates);
                })
            : OptionalInt.empty();
    return new Row(
        cell,
        slowest(start -> ToyPath.arrival(start, reference, rule(cell), cell.rate(), MOST)),
        registered(cell.method())
            .map(
                made ->
                    slowest(
                        start ->
                            ToyPath.arrival(
                                start, inMeanScale(made, cell), rule(cell), cell.rate(), MOST))),
        single);
  }

  private interface Start {
    OptionalInt from(ToyPoint start);
  }

  private static OptionalInt slowest(Start path) {
    int most = 0;
    for (ToyPoint start : ToyPoint.CAGRAD) {
      OptionalInt updates = path.from(start);
      if (updates.isEmpty()) {
        return updates;
      }
      most = Math.max(most, updates.getAsInt());
    }
    return OptionalInt.of(most);
  }

  private static Optimizer rule(Cell cell) {
    return Optimizers.byName(cell.optimizer(), Map.of());
  }

  /** Our method as the publication ran it, if the registry has it. */
  private static Optional<MethodEntry.Made> registered(String method) {
    Map<String, ?> options = method.equals("cagrad") ? Map.of("c", 0.5, "rescale", 2) : Map.of();
    return Methods.all().stream()
        .filter(entry -> entry.name().equals(method))
        .findFirst()
        .map(entry -> entry.make(options));
  }

  /** EW and PCGrad replace the sum of both losses, the publication's forms the mean. */
  private static ToyRule inMeanScale(MethodEntry.Made made, Cell cell) {
    ToyMethod method = new ToyMethod(made, rule(cell), cell.rate(), Draws.of(1));
    double factor = cell.method().equals("cagrad") ? 1 : 0.5;
    return (at, step) -> method.direction(at, step).times(factor);
  }

  /** Whether every cell that comes out the same in every precision did. */
  public boolean holds() {
    return rows.stream().noneMatch(row -> row.verdict() == Verdict.DIFFERS);
  }

  /** The table for people, in Markdown. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    String form = "| %-9s | %-6s | %5s | %6s | %14s | %10s | %s |%n";
    text.append(
        form.formatted(
            "optimiser", "method", "rate", "paper", "paper's method", "registered", "verdict"));
    text.append(form.formatted("---", "---", "---:", "---:", "---:", "---:", "---"));
    for (Row row : rows) {
      text.append(
          form.formatted(
              row.cell().optimizer().equals(ADAM) ? "Adam" : "GD",
              row.cell().method(),
              rate(row.cell().rate()),
              count(row.cell().updates()),
              count(row.reference()),
              row.registered().map(ToyTable::count).orElse("none"),
              words(row)));
    }
    long exact = rows.stream().filter(row -> row.verdict() == Verdict.EXACT).count();
    long never = rows.stream().filter(row -> row.verdict() == Verdict.ROBUST_NEVER).count();
    long differs = rows.stream().filter(row -> row.verdict() == Verdict.DIFFERS).count();
    List<String> unlike =
        rows.stream()
            .filter(row -> row.verdict() == Verdict.UNLIKE)
            .map(
                row ->
                    (row.cell().optimizer().equals(SGD) ? "GD " : "Adam ")
                        + row.cell().method()
                        + " "
                        + rate(row.cell().rate()))
            .toList();
    text.append(
        String.format(
            "%n%d cells are exact, %d robust \"-\" are \"-\", %d differ that must not.%n",
            exact, never, differs));
    text.append(
        "Published cells that do not reproduce: "
            + (unlike.isEmpty() ? "none" : String.join(", ", unlike))
            + ".\n");
    text.append(
        "All other cells are chaotic: one unit in the last place changes them by 20 to 100 %.\n");
    return text.toString();
  }

  private static String words(Row row) {
    String words = row.verdict().words;
    return row.single().isPresent()
        ? words + ": single precision gets there, in " + row.single().getAsInt()
        : words;
  }

  private static String rate(double rate) {
    return rate == Math.rint(rate) ? Long.toString(Math.round(rate)) : Double.toString(rate);
  }

  private static String count(OptionalInt updates) {
    return updates.isPresent() ? Integer.toString(updates.getAsInt()) : "-";
  }

  /** The table as JSON; a count is null where a start does not get there. */
  public String toJson() {
    ObjectNode json = Json.object();
    json.put("holds", holds());
    var array = json.putArray("cells");
    for (Row row : rows) {
      ObjectNode node =
          array
              .addObject()
              .put("optimizer", row.cell().optimizer())
              .put("method", row.cell().method())
              .put("rate", row.cell().rate());
      put(node, "paper", row.cell().updates());
      put(node, "reference", row.reference());
      row.registered().ifPresent(updates -> put(node, "registered", updates));
      row.single().ifPresent(updates -> node.put("singlePrecision", updates));
      node.put("verdict", row.verdict().words);
    }
    return Json.pretty(json);
  }

  private static void put(ObjectNode node, String name, OptionalInt updates) {
    node.put(name, updates.isPresent() ? (Integer) updates.getAsInt() : null);
  }
}
