package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;

@Tag("slow")
class WebDatasetTest {
  private static final Config CONFIG =
      ConfigFactory.parseString(
          """
          size = 4x5, validation-share = 0
          inputs = [{ name = photo, column = "jpg;png" }]
          tasks = [
            { name = kind, kind = classification, column = cls, classes = [cat, dog] }
            { name = age, kind = regression, column = json.age }
            { name = wears, kind = multi-label, column = json.tags, classes = [hat, scarf] }
          ]
          """);

  @TempDir private Path directory;

  @Test
  void theDialectsOfPythonGiveTheSameSamples() throws IOException {
    Files.createDirectories(directory.resolve("raw"));
    try (InputStream resource = getClass().getResourceAsStream("tars.zip");
        ZipInputStream zip = new ZipInputStream(resource)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.write(directory.resolve("raw").resolve(entry.getName()), zip.readAllBytes());
      }
    }
    DatasetManifest manifest = run("{ustar,gnu,pax}.tar::*.t*gz", 0);
    assertThat(manifest.sources().kept()).isEqualTo(30);
    Map<String, Row> rows = rows();
    String longest = "n".repeat(90) + "/ü" + "m".repeat(80) + "4";
    for (String file : List.of("ustar.tar", "gnu.tar", "pax.tar", "pax.tar.gz", "gnu.tgz")) {
      for (int i = 0; i < 6; i++) {
        String key = "d/".repeat(i % 3) + (i == 4 ? longest : "s" + i);
        Row row = rows.get(file + "#" + key);
        assertThat(row).as(file + " " + key).isNotNull();
        byte[] photo = row.getAs("photo");
        assertThat(photo[0]).isEqualTo((byte) (40 * i));
        assertThat(photo[59]).isEqualTo((byte) 20);
        assertThat(row.<byte[]>getAs("labels")).containsExactly(i % 2);
        ByteBuffer age = ByteBuffer.wrap(row.<byte[]>getAs("age")).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(age.getFloat()).isEqualTo(20.5f + i);
        byte[] wears = row.getAs("wears");
        assertThat(wears).containsExactly(i % 3 > 0 ? 1 : 0, i % 3 > 1 ? 1 : 0);
      }
    }
  }

  @Test
  void whatIsWrongIsSetAsideWithShardAndMember() throws IOException {
    Tar tar = new Tar();
    tar.add("good.png", png(1)).add("good.cls", "cat");
    tar.add("../../../escape.png", png(2)).add("../../../escape.cls", "cat");
    tar.link("linked.png", "/etc/passwd").add("linked.cls", "cat");
    tar.add("twice.png", png(3)).add("twice.png", png(4)).add("twice.cls", "cat");
    tar.add("torn.png", png(5)).add("torn.json", "{\"age\": ");
    tar.add("bare.cls", "dog");
    tar.add("bird.png", png(6)).add("bird.cls", "bird");
    tar.add("__meta__.json__", "{}").add(".hidden.png", png(7));
    tar.add("last.png", png(8))
        .add("last.cls", "dog")
        .add("last.json", "{\"age\": 3, \"tags\": [\"hat\"]}");
    byte[] whole = tar.bytes();
    write("a-0.tar", whole);
    write("a-1.tar", Arrays.copyOf(whole, 1_300)); // within the second member
    byte[] damaged = whole.clone();
    damaged[1024 + 3 * 512 + 5] ^= 1; // in a header
    write("a-2.tar", damaged);
    write("a-3.tar.gz", new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2});
    write(
        "a-4.tar",
        "this is no tar file, but long enough to be read as the header of one"
            .repeat(20)
            .getBytes(StandardCharsets.UTF_8));
    DatasetManifest manifest = run("a-*.tar*", 1);
    assertThat(rows().keySet()).contains("a-0.tar#good", "a-0.tar#last");
    Map<String, String> quarantine = quarantine();
    assertThat(quarantine.get("a-0.tar#../../../escape"))
        .isEqualTo(
            "unsafe-name: sample ../../../escape of a-0.tar: member ../../../escape.png has a path"
                + " that leads out of the file");
    assertThat(quarantine.get("a-0.tar#linked")).startsWith("wrong-format").contains("linked.png");
    assertThat(quarantine.get("a-0.tar#twice")).contains("member twice.png is there twice");
    assertThat(quarantine.get("a-0.tar#torn")).contains("member torn.json is not JSON");
    assertThat(quarantine.get("a-0.tar#bare")).startsWith("no-image");
    assertThat(quarantine.get("a-0.tar#bird")).startsWith("bad-label");
    assertThat(quarantine.get("a-1.tar#good")).startsWith("truncated").contains("good.");
    assertThat(quarantine.keySet()).anyMatch(id -> id.startsWith("a-2.tar#"));
    assertThat(quarantine.get("a-3.tar.gz#0")).contains("cannot be read behind the start");
    assertThat(quarantine.get("a-4.tar#0")).startsWith("damaged").contains("a-4.tar");
    assertThat(manifest.sources().listed())
        .isEqualTo(manifest.sources().kept() + quarantine.size());
    assertThat(directory.resolve("escape.png")).doesNotExist();
  }

  @Test
  void aShardThatIsMissingAndAColumnThatNobodyHasAreRefused() throws IOException {
    write("a-0.tar", new Tar().add("x.png", png(1)).add("x.cls", "cat").bytes());
    assertRefused("a-{0..1}.tar", "there is no ", "a-1.tar");
    assertRefused("b-*.tar", "no file in ", "b-*.tar");
    assertRefused("../{a,b}.tar", "is no path within");
    assertRefused("a-{3..1}.tar", "the range {3..1} is empty");
    assertRefused("a-0.tar", "'json.age', which no sample of a-0.tar has", "cls, png");
    assertThat(org.sparkmto.preprocessing.webdataset.ShardNames.areNamedBy("x/train-{00..10}.tar"))
        .isTrue();
  }

  private void assertRefused(String table, String... parts) {
    assertThatThrownBy(() -> run(table, 1))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage(), "wrong usage");
  }

  private DatasetManifest run(String table, double maxBad) {
    return Preprocessing.run(
            LocalSpark.session(),
            PreprocessingRequest.of("own", path("raw"), path("out"))
                .withOptions(CONFIG.withValue("table", ConfigValueFactory.fromAnyRef(table)))
                .withMaxBad(maxBad)
                .withShards(1))
        .manifest();
  }

  private Map<String, Row> rows() {
    Map<String, Row> rows = new TreeMap<>();
    LocalSpark.session()
        .read()
        .parquet(path("out/split=train"))
        .collectAsList()
        .forEach(row -> rows.put(row.getAs("sample_id"), row));
    return rows;
  }

  private Map<String, String> quarantine() {
    Map<String, String> rows = new TreeMap<>();
    LocalSpark.session()
        .read()
        .parquet(path("out/_quarantine"))
        .collectAsList()
        .forEach(
            row ->
                rows.put(row.getAs("sample_id"), row.getAs("reason") + ": " + row.getAs("detail")));
    return rows;
  }

  /** A tar file in the making. */
  private static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream out = new TarArchiveOutputStream(bytes);

    Tar add(String name, String content) throws IOException {
      return add(name, content.getBytes(StandardCharsets.UTF_8));
    }

    Tar add(String name, byte[] content) throws IOException {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(content.length);
      out.putArchiveEntry(entry);
      out.write(content);
      out.closeArchiveEntry();
      return this;
    }

    Tar link(String name, String target) throws IOException {
      TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(target);
      out.putArchiveEntry(entry);
      out.closeArchiveEntry();
      return this;
    }

    byte[] bytes() throws IOException {
      out.close();
      return bytes.toByteArray();
    }
  }

  private static byte[] png(int number) {
    byte[] samples = new byte[3 * 4 * 5];
    Arrays.fill(samples, (byte) number);
    return Png.encode(new Image(3, 4, 5, samples));
  }

  private void write(String name, byte[] content) throws IOException {
    Files.createDirectories(directory.resolve("raw"));
    Files.write(directory.resolve("raw").resolve(name), content);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
