package org.sparkmto.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.runlog.EvaluatedFront;
import org.sparkmto.runlog.EvaluationDetails;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.timing.StepPhase;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportTest {
  @TempDir Path folder;

  private SyntheticRun run(int tasks, String method, long seed) {
    return new SyntheticRun(
            SyntheticRun.manyTasks(tasks), method, method.toUpperCase(Locale.ROOT), 900, seed)
        .evaluatedEvery(300);
  }

  private Document page(Path... runs) throws Exception {
    Report.write(List.of(runs), folder.resolve("report"));
    return parsed(Files.readString(folder.resolve("report").resolve(Report.PAGE)));
  }

  private static Document parsed(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> find(Document page, String path) throws Exception {
    NodeList found =
        (NodeList)
            XPathFactory.newInstance().newXPath().evaluate(path, page, XPathConstants.NODESET);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static String text(Document page) {
    return page.getDocumentElement().getTextContent();
  }

  private static List<String> titles(Document page) throws Exception {
    return find(page, "//h3").stream().map(Element::getTextContent).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 40})
  void thePageIsWellFormedAndTheTableHasTheNumbersOfTheRun(int tasks) throws Exception {
    Path directory = run(tasks, "imtl", 1).writeTo(folder.resolve("run"));
    Document page = page(directory);
    JsonNode test =
        new ObjectMapper().readTree(Files.readString(directory.resolve("evaluation-test.json")));
    Map<String, List<Double>> shown = new TreeMap<>();
    for (Element row : find(page, "//table[@class='results']/tbody/tr")) {
      List<Double> numbers = new ArrayList<>();
      NodeList cells = row.getElementsByTagName("td");
      for (int cell = 0; cell < cells.getLength(); cell++) {
        Element td = (Element) cells.item(cell);
        double exact = Double.parseDouble(td.getAttribute("data-value"));
        assertThat(td.getTextContent()).isEqualTo(String.format("%.4f", exact));
        numbers.add(exact);
      }
      shown.put(row.getElementsByTagName("th").item(0).getTextContent(), numbers);
    }
    assertThat(shown).hasSize(tasks == 1 ? 1 : tasks + 1);
    test.get("tasks")
        .properties()
        .forEach(
            task ->
                assertThat(shown.get(task.getKey()).subList(0, 2))
                    .containsExactly(
                        task.getValue().get("accuracy").asDouble(),
                        task.getValue().get("balanced-accuracy").asDouble()));
    if (tasks > 1) {
      assertThat(shown.get("mean").get(0)).isEqualTo(test.at("/mean/accuracy").asDouble());
    }
    assertThat(text(page)).contains("lower is better").contains("runs/single-task");
  }

  @Test
  void whatAPersonShouldLookAtFirstStandsAtTheTopOfARunAndOfAComparison() throws Exception {
    Path calm = run(2, "imtl", 1).writeTo(folder.resolve("calm"));
    Path alarming = run(2, "ew", 2).writeTo(folder.resolve("alarming"));
    Path header = alarming.resolve(RunHeader.FILE);
    Files.writeString(
        header,
        Files.readString(header)
            .replaceFirst(
                "\\{", "{\"labels\": {\"Attractive\": {\"counts\": [0], \"missing\": 9}},"));
    Document page = page(calm, alarming);
    List<Element> said = find(page, "//div[@class='cautions']//li");
    assertThat(said)
        .extracting(Element::getTextContent)
        .hasSize(2)
        .allMatch(text -> text.contains("'Attractive' has no label in the training split"));
    assertThat(find(page, "//div[@class='cautions']//a[@href='#run-2']")).hasSize(1);
    assertThat(find(page(calm), "//div[@class='cautions']")).isEmpty();
  }

  @Test
  void whatWasTakenForWhatIsDrawnAndWrittenDown() throws Exception {
    Path directory = run(2, "imtl", 1).writeTo(folder.resolve("run"));
    EvaluationDetails.Sample sample =
        new EvaluationDetails.Sample("a<b>.png", 2.5, "red", "green 71 %", List.of("/9j/"));
    EvaluationDetails details =
        new EvaluationDetails(
            "test",
            900,
            Map.of(
                "colour",
                new EvaluationDetails.Of(
                    List.of("red", "green", "blue"),
                    List.of(List.of(5L, 2L, 0L), List.of(0L, 4L, 1L), List.of(0L, 0L, 0L)),
                    List.of(new EvaluationDetails.Bin(12, 0.75, 0.5)),
                    "cross-entropy",
                    List.of(sample)),
                "smiles",
                new EvaluationDetails.Of(
                    List.of("no", "yes"),
                    List.of(List.of(30L, 10L), List.of(5L, 15L)),
                    List.of(),
                    "cross-entropy",
                    List.of())));
    Files.writeString(directory.resolve(EvaluationDetails.file("test")), details.toJson());
    Document page = page(directory);
    assertThat(titles(page))
        .contains(
            "Where it is wrong, on test",
            "What was taken for what: colour",
            "Yes or no",
            "Can the probabilities be relied on?",
            "Worst samples: colour");
    assertThat(find(page, "//table[@class='confusion']//td[@title='red taken for green: 2 of 7']"))
        .hasSize(1);
    assertThat(find(page, "//img[@src='data:image/jpeg;base64,/9j/']")).hasSize(1);
    assertThat(text(page)).contains("75.0 %", "25.0 %", "a<b>.png");
    assertThat(find(page, "//footer/a[@href='confusion.csv']")).hasSize(1);
    assertThat(ReliabilityCard.distance(details.tasks().get("colour").reliability()))
        .isEqualTo(0.25);
    assertThat(Files.readAllLines(folder.resolve("report").resolve(Report.CONFUSION)))
        .hasSize(1 + 9 + 4)
        .contains("multi-fashion-imtl-1,imtl,test,900,colour,red,green,2");
  }

  @Test
  void whatOneNetworkAnswersToPreferencesIsATable() throws Exception {
    Path directory = run(2, "cosmos", 1).writeTo(folder.resolve("run"));
    EvaluatedFront front =
        new EvaluatedFront(
            "test",
            900,
            "0",
            "0",
            Map.of("colour", List.of("accuracy")),
            List.of(
                new EvaluatedFront.Answer(
                    List.of(0.25, 0.75), Map.of("colour", Map.of("loss", 0.5, "accuracy", 0.75))),
                new EvaluatedFront.Answer(
                    List.of(1.0, 0.0),
                    Map.of("colour", Map.of("loss", Double.NaN, "accuracy", 0.875)))),
            0.625,
            1);
    Files.writeString(directory.resolve(EvaluatedFront.file("test")), front.toJson());
    Document page = page(directory);
    assertThat(titles(page)).contains("What it answers to preferences, on test");
    assertThat(find(page, "//th[@scope='row'][text()='25 %, 75 %']/../td[@data-value='0.75']"))
        .hasSize(1);
    assertThat(text(page)).contains("Hypervolume 0.6250", "colour: accuracy, step 900");
  }

  @Test
  void everyRunHasItsCharts() throws Exception {
    Document page = page(run(2, "imtl", 1).writeTo(folder.resolve("run")));
    assertThat(titles(page))
        .containsExactly(
            "Training loss",
            "Weights of the shared part",
            "Gradient norms",
            "Gradient cosines",
            "Gradient cosines over steps",
            "Accuracy on val",
            "Balanced accuracy on val",
            "Learning rate",
            "Step time in milliseconds",
            "Where the time of a step goes",
            "Results",
            "Fallbacks to equal weights");
    assertThat(text(page)).contains("The heads have weight 1 throughout.");
    // Two task lines with their raw values behind them.
    assertThat(find(page, "(//figure)[1]//*[contains(@class,'line ')]")).hasSize(2);
    assertThat(find(page, "(//figure)[1]//*[contains(@class,'raw ')]")).hasSize(2);
  }

  @Test
  void thePhasesOfAStepStandBesideTheSlowestRank() throws Exception {
    Document page = page(run(2, "imtl", 1).writeTo(folder.resolve("run")));
    String card = find(page, "//figure[contains(@class,'phases')]").get(0).getTextContent();
    assertThat(card)
        .contains("the mean of 2 ranks over")
        .contains("Rank 1 on node-1 is the slowest")
        .contains("waiting for data4.8 %1.5 ms2 ms")
        .contains("waiting for the driver0.2 %0.05 ms0 ms");
    List<Element> bars = find(page, "//div[@class='stack']/i");
    assertThat(bars).hasSize(StepPhase.values().length);
    assertThat(
            bars.stream()
                .mapToDouble(bar -> Double.parseDouble(bar.getAttribute("style").substring(10)))
                .sum())
        .isCloseTo(1, within(1e-3));
  }

  @Test
  void manyTasksShowTheirSpreadAndTheWorstByName() throws Exception {
    Document page = page(run(40, "imtl", 1).writeTo(folder.resolve("run")));
    assertThat(find(page, "(//figure)[1]//*[contains(@class,'band ')]")).hasSize(2);
    List<String> labels =
        find(page, "(//figure)[1]//ul[@class='names']/li").stream()
            .map(Element::getTextContent)
            .toList();
    assertThat(labels).hasSize(6).contains("mean");
    assertThat(find(page, "//figure[contains(@class,'sparks')]//li")).hasSize(40);
    assertThat(find(page, "//*[@class='matrix']/*[local-name()='rect']")).hasSize(40 * 40);
    List<String> around =
        find(page, "//*[@class='matrix']/*[local-name()='text']").stream()
            .map(Element::getTextContent)
            .toList();
    // Every name in full, once beside the rows and once over the columns.
    assertThat(around).hasSize(80).containsAll(SyntheticRun.manyTasks(40));
  }

  @Test
  void namesCannotBreakOutOfThePage() throws Exception {
    String evil = "<script>alert('x')</script> & \"quotes\" \u0007 ]]>";
    Document page =
        page(
            new SyntheticRun(List.of(evil, "right"), "imtl", "<b>IMTL</b>", 300, 1)
                .writeTo(folder.resolve("run")));
    assertThat(find(page, "//script")).hasSize(1);
    assertThat(find(page, "//b[.='IMTL']")).isEmpty();
    assertThat(text(page)).contains("<script>alert('x')</script> & \"quotes\" \uFFFD ]]>");
    String html = Files.readString(folder.resolve("report/report.html"));
    assertThat(html.split("<script", -1)).hasSize(2);
  }

  @Test
  void thePageNeedsNothingFromOutside() throws Exception {
    Document page = page(run(2, "imtl", 1).writeTo(folder.resolve("run")));
    assertThat(find(page, "//*[@src] | //link | //*[local-name()='image']")).isEmpty();
    assertThat(find(page, "//a").stream().map(a -> a.getAttribute("href")))
        .containsExactly(Report.CSV, Report.LATEX, Report.JSON);
    String html = Files.readString(folder.resolve("report/report.html"));
    assertThat(html).doesNotContain("url(").doesNotContain("@import");
  }

  @Test
  void aMethodThatSeesNoGradientsSaysSo() throws Exception {
    Document page = page(run(2, "ew", 1).withoutGram().writeTo(folder.resolve("run")));
    assertThat(text(page)).contains("none in the log: this method sees “losses”.");
    assertThat(titles(page))
        .contains("Task weights")
        .doesNotContain("Gradient norms", "Gradient cosines");
  }

  @Test
  void severalRunsAreComparedFirst() throws Exception {
    Path a = run(2, "imtl", 1).writeTo(folder.resolve("a"));
    Path b = run(2, "ew", 2).withoutGram().writeTo(folder.resolve("b"));
    Path c = run(2, "cagrad", 3).writeTo(folder.resolve("c"));
    Document page = page(a, b, c);
    assertThat(find(page, "//h1").get(0).getTextContent()).isEqualTo("Comparison of 3 runs");
    List<Element> rows = find(page, "(//table[@class='compare'])[1]/tbody/tr");
    assertThat(rows).hasSize(3);
    int best = -1;
    double highest = -1;
    for (int row = 0; row < 3; row++) {
      JsonNode test =
          new ObjectMapper()
              .readTree(
                  Files.readString(List.of(a, b, c).get(row).resolve("evaluation-test.json")));
      double mean = test.at("/mean/accuracy").asDouble();
      Element cell = (Element) rows.get(row).getElementsByTagName("td").item(0);
      assertThat(Double.parseDouble(cell.getAttribute("data-value"))).isEqualTo(mean);
      best = mean > highest ? row : best;
      highest = Math.max(highest, mean);
    }
    for (int row = 0; row < 3; row++) {
      Element cell = (Element) rows.get(row).getElementsByTagName("td").item(0);
      assertThat(cell.getAttribute("class")).isEqualTo(row == best ? "n best" : "n");
    }
    assertThat(find(page, "(//figure)[1]//ul[@class='names']/li")).hasSize(3);
  }

  @Test
  void moreRunsThanColoursAreStillAllInTheTable() throws Exception {
    List<Path> runs = new ArrayList<>();
    for (int seed = 1; seed <= 11; seed++) {
      runs.add(run(2, "imtl" + seed, seed).writeTo(folder.resolve("run-" + seed)));
    }
    Document page = page(runs.toArray(Path[]::new));
    assertThat(find(page, "(//table[@class='compare'])[1]/tbody/tr")).hasSize(11);
    assertThat(find(page, "(//figure)[1]//ul[@class='names']/li")).hasSize(8);
    assertThat(find(page, "(//figure)[1]//*[contains(@class,'line ')]")).hasSize(11);
  }

  @Test
  void aHalfWrittenLastLineIsSkippedAndSaid() throws Exception {
    Path directory = run(2, "imtl", 1).writeTo(folder.resolve("run"));
    Files.writeString(
        directory.resolve("metrics.jsonl"),
        "{\"type\":\"step\",\"step\":900,\"losses\":[0.1,",
        StandardOpenOption.APPEND);
    WrittenReport written = Report.write(List.of(directory), folder.resolve("report"));
    assertThat(written.files())
        .containsExactly("report.html", "results.csv", "results.tex", "results.json");
    assertThat(written.notes())
        .containsExactly(
            directory
                + ": metrics.jsonl: line 908 is not whole JSON and was skipped; it is the last one,"
                + " as when a run is killed while writing.");
  }

  @Test
  void stepsDoneAgainAfterARestartCountOnce() throws Exception {
    Path directory = run(2, "imtl", 1).restarted().writeTo(folder.resolve("run"));
    Document page = page(directory);
    assertThat(text(page)).contains("restarted once").contains("rank 1 on node-7 was lost");
    assertThat(find(page, "(//figure)[1]//*[@class='event']")).hasSize(1);
    Run run = Run.read(RunFiles.of(directory));
    assertThat(run.log().steps()).isEqualTo(900);
    Curve steps = run.log().loss(0).means();
    for (int point = 1; point < steps.size(); point++) {
      assertThat(steps.x(point)).isGreaterThan(steps.x(point - 1));
    }
  }

  @Test
  void aRunThatHasOnlyStartedHasAReport() throws Exception {
    Path directory = Files.createDirectories(folder.resolve("run"));
    Files.writeString(
        directory.resolve("run.json"), "{\"run\":\"young\",\"tasks\":[\"left\",\"right\"]}");
    Document page = page(directory);
    assertThat(text(page))
        .contains("There is no metrics.jsonl")
        .contains("This run has not been evaluated.");
    assertThat(Files.readString(folder.resolve("report/results.tex")))
        .contains("% No run has been evaluated.");
  }

  @Test
  void linesThatCannotBeUsedAreCountedAndWhatIsNoNumberIsNotDrawn() throws Exception {
    Path directory = Files.createDirectories(folder.resolve("run"));
    Files.writeString(
        directory.resolve("run.json"), "{\"run\":\"wild\",\"tasks\":[\"left\",\"right\"]}");
    Files.writeString(
        directory.resolve("metrics.jsonl"),
        """
        {"type":"step","step":0,"losses":[1.5,null],"shared":[0.5,0.5],"heads":[1,1],"rate":0.1}
        {"type":"step","step":1,"losses":[null,null],"shared":[0.5,0.5],"heads":[1,1],"rate":0.1}

        {"type":"step","step":2,"losses":[1.0],"shared":[0.5,0.5],"heads":[1,1]}
        {"type":"music"}
        {"type":"step","step":2,"losses":[1.0,1.0],"shared":[0.5],"heads":[1,1]}
        {"type":"step","losses":[1.0,1.0],"shared":[0.5,0.5],"heads":[1,1]}
        {"type":"evaluation","step":2,"split":"val","tasks":{"left":{"accuracy":null},"right":{}}}
        """);
    WrittenReport written = Report.write(List.of(directory), folder.resolve("report"));
    assertThat(written.notes().stream().map(note -> note.substring(note.indexOf(": ") + 2)))
        .containsExactly(
            "metrics.jsonl: 2 lines (first 4, last 6) are with another number of tasks than"
                + " run.json and were skipped.",
            "metrics.jsonl: line 5 is of a type this version does not know and was skipped.",
            "metrics.jsonl: line 7 is without a step number and was skipped.");
    String html = Files.readString(folder.resolve("report/report.html"));
    parsed(html);
    assertThat(html.replaceAll("data-value=\"[^\"]*\"", "")).doesNotContain("NaN");
  }

  @Test
  void whatCountedStandsBesideDeltaAndOtherCountsAreNotCompared() throws Exception {
    Path one = run(2, "imtl", 1).writeTo(folder.resolve("one"));
    Path same = run(2, "ew", 2).writeTo(folder.resolve("same"));
    Path other =
        run(2, "uw", 3).counting("accuracy", "balanced-accuracy").writeTo(folder.resolve("other"));
    Report.write(List.of(one, same), folder.resolve("alike"));
    Report.write(List.of(one, other), folder.resolve("unlike"));
    String caution = "The runs count or sign differently, do not compare their Δm.";
    assertThat(Files.readString(folder.resolve("alike/report.html")))
        .contains("lower is better; counted: Attractive, ", ": accuracy")
        .doesNotContain(caution);
    assertThat(Files.readString(folder.resolve("unlike/report.html")))
        .contains(": accuracy, balanced-accuracy", caution);
  }

  @Test
  void theExportsHoldTheSameNumbers() throws Exception {
    Path directory = run(2, "imtl", 1).writeTo(folder.resolve("run"));
    Report.write(List.of(directory), folder.resolve("report"));
    JsonNode test =
        new ObjectMapper().readTree(Files.readString(directory.resolve("evaluation-test.json")));
    JsonNode exported =
        new ObjectMapper().readTree(Files.readString(folder.resolve("report/results.json")));
    assertThat(exported.at("/runs/0/results/test/tasks")).isEqualTo(test.get("tasks"));
    assertThat(exported.at("/runs/0/results/test/delta")).isEqualTo(test.get("delta"));
    double accuracy = test.at("/tasks/Attractive/accuracy").asDouble();
    assertThat(Files.readString(folder.resolve("report/results.csv")))
        .contains(
            "multi-fashion-imtl-1,imtl,test,900,task,Attractive,accuracy,"
                + accuracy
                + ",1,1,,\r\n");
    assertThat(Files.readString(folder.resolve("report/results.tex")))
        .contains("\\toprule")
        .contains("% Delta_m: relative drop against the baseline in percent, lower is better")
        .contains("\\multicolumn{2}{c}{Arched\\_Eyebrows}")
        .contains(String.format("%.4f", accuracy));
  }

  @Test
  void exportsQuoteWhatTheirFormatNeeds() throws Exception {
    assertThat(LatexResults.escaped("50% of a_b & {c}\\ ~^ Δm"))
        .isEqualTo(
            "50\\% of a\\_b \\& \\{c\\}\\textbackslash{} \\textasciitilde{}\\textasciicircum{}"
                + " $\\Delta$m");
    Path directory =
        new SyntheticRun(List.of("a,b", "say \"hi\""), "imtl", "IMTL", 300, 1)
            .writeTo(folder.resolve("run"));
    Report.write(List.of(directory), folder.resolve("report"));
    assertThat(Files.readString(folder.resolve("report/results.csv")))
        .contains(",task,\"a,b\",accuracy,")
        .contains(",task,\"say \"\"hi\"\"\",accuracy,");
  }

  @Test
  void nothingToReportIsAnErrorThatSaysSo() throws Exception {
    assertThatThrownBy(() -> Report.write(List.<Path>of(), folder))
        .isInstanceOf(ReportException.class)
        .hasMessage("a report needs one run directory or more; none was given");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThatThrownBy(() -> Report.write(List.of(empty), folder))
        .isInstanceOf(ReportException.class)
        .hasMessageStartingWith(empty + " has no run.json");
    Files.writeString(empty.resolve("run.json"), "{\"run\":\"x\"}");
    assertThatThrownBy(() -> Report.write(List.of(empty), folder))
        .hasMessageContaining("has no 'tasks'");
    Files.writeString(empty.resolve("run.json"), "{\"run\":");
    assertThatThrownBy(() -> Report.write(List.of(empty), folder))
        .hasMessageContaining("run.json is not JSON");
  }

  @Test
  void anyFileSystemCanFeedItAndTheSameFilesGiveTheSameBytes() throws Exception {
    Path directory = run(2, "imtl", 1).writeTo(folder.resolve("run"));
    Report.write(List.of(directory), folder.resolve("report"));
    RunFiles local = RunFiles.of(directory);
    RunFiles elsewhere =
        new RunFiles() {
          @Override
          public String label() {
            return local.label();
          }

          @Override
          public List<String> names() throws IOException {
            return local.names();
          }

          @Override
          public InputStream open(String name) throws IOException {
            return new ByteArrayInputStream(local.open(name).readAllBytes());
          }
        };
    Map<String, ByteArrayOutputStream> written = new TreeMap<>();
    Report.write(
        List.of(elsewhere),
        name -> written.computeIfAbsent(name, file -> new ByteArrayOutputStream()));
    assertThat(written).hasSize(4);
    for (Map.Entry<String, ByteArrayOutputStream> file : written.entrySet()) {
      assertThat(file.getValue().toByteArray())
          .isEqualTo(Files.readAllBytes(folder.resolve("report").resolve(file.getKey())));
    }
  }
}
