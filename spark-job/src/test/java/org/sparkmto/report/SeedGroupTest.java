package org.sparkmto.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.metric.Spread;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SeedGroupTest {
  private static final List<String> TASKS = List.of("left", "right");

  @TempDir Path folder;

  private Document page() throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new ByteArrayInputStream(
                Files.readAllBytes(folder.resolve("report").resolve(Report.PAGE))));
  }

  private static List<Element> find(Document page, String path) throws Exception {
    NodeList found =
        (NodeList)
            XPathFactory.newInstance().newXPath().evaluate(path, page, XPathConstants.NODESET);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static double accuracy(Path run) throws IOException {
    return new ObjectMapper()
        .readTree(Files.readString(run.resolve("evaluation-test.json")))
        .at("/mean/accuracy")
        .asDouble();
  }

  @Test
  void runsThatDifferInTheirSeedAloneAreOneLineWithMeanAndDeviation() throws Exception {
    List<Path> runs = new ArrayList<>();
    List<Double> imtl = new ArrayList<>();
    for (String method : List.of("ew", "imtl")) {
      for (int seed = 1; seed <= 3; seed++) {
        Path run = folder.resolve(method).resolve("seed-" + seed);
        runs.add(
            new SyntheticRun(TASKS, method, method.toUpperCase(Locale.ROOT), 900, seed)
                .evaluatedEvery(300)
                .writeTo(run));
        if (method.equals("imtl")) {
          imtl.add(accuracy(run));
        }
      }
    }
    Report.write(runs, folder.resolve("report"));
    Document page = page();
    assertThat(find(page, "//h1").get(0).getTextContent())
        .isEqualTo("Comparison of 2 methods over 3 seeds");
    List<Element> rows = find(page, "(//table[@class='compare'])[1]/tbody/tr");
    assertThat(rows).hasSize(2);
    assertThat(rows.get(1).getTextContent()).startsWith("IMTLseeds 1, 2, 3");
    Spread spread = Spread.of(imtl);
    Element cell = (Element) rows.get(1).getElementsByTagName("td").item(0);
    assertThat(cell.getTextContent())
        .isEqualTo(String.format("%.4f ± %.4f", spread.mean(), spread.deviation()));
    assertThat(
            find(page, "(//figure)[1]//ul[@class='names']/li").stream()
                .map(Element::getTextContent))
        .containsExactlyInAnyOrder("EW", "IMTL");
    assertThat(find(page, "//section[contains(@class,'run')]")).hasSize(6);
    assertThat(Files.readString(folder.resolve("report/results.tex")))
        .contains(
            String.format("$%.4f \\pm %.4f$", spread.mean(), spread.deviation()), "\nIMTL & ");
    assertThat(Files.readString(folder.resolve("report/results.csv")))
        .contains(
            "IMTL,imtl,test,900,mean,,accuracy," + spread.mean() + ",,3," + spread.deviation());
    JsonNode groups =
        new ObjectMapper()
            .readTree(Files.readString(folder.resolve("report/results.json")))
            .path("groups");
    assertThat(groups.at("/1/results/test/mean/accuracy/deviation").asDouble())
        .isEqualTo(spread.deviation());
    assertThat(groups.at("/1/seeds")).hasSize(3);
  }

  @Test
  void aMeanInPercentHasItsSignBehindTheDeviation() {
    assertThat(NumberText.percent(-1.154, 0.39)).isEqualTo("−1.15 ± 0.39 %");
    assertThat(NumberText.percent(-1.154, Double.NaN)).isEqualTo("−1.15 %");
    assertThat(NumberText.duration(59_400)).isEqualTo("59 s");
    assertThat(NumberText.duration(754_000)).isEqualTo("12 min 34 s");
    assertThat(NumberText.duration(7_500_000)).isEqualTo("2 h 5 min");
  }

  @Test
  void otherSettingsOrTheSameSeedTwiceAreNoGroup() throws Exception {
    Path one =
        new SyntheticRun(TASKS, "ew", "EW", 300, 1).writeTo(folder.resolve("a").resolve("seed-1"));
    Path longer =
        new SyntheticRun(TASKS, "ew", "EW", 600, 2).writeTo(folder.resolve("b").resolve("seed-2"));
    Path again =
        new SyntheticRun(TASKS, "ew", "EW", 300, 1).writeTo(folder.resolve("c").resolve("seed-1"));
    List<Run> runs = new ArrayList<>();
    for (Path run : List.of(one, longer, again)) {
      runs.add(Run.read(RunFiles.of(run)));
    }
    assertThat(SeedGroup.of(runs))
        .extracting(SeedGroup::name)
        .containsExactly("EW: a", "EW: b", "EW: c");
  }
}
