package org.sparkmto.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.storage.HadoopDefaults;

class RawFilesTest {
  @TempDir Path folder;

  private RawFiles files() throws IOException {
    Files.createDirectories(folder.resolve("root"));
    return new RawFiles(HadoopDefaults.copy()).within(hadoop("root"));
  }

  private org.apache.hadoop.fs.Path hadoop(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).toUri());
  }

  @Test
  void readsWhatLiesInTheDirectory() throws Exception {
    RawFiles files = files();
    Files.writeString(folder.resolve("root/a.txt"), "inside");
    assertThat(files.read(hadoop("root/a.txt"), 6)).asString().isEqualTo("inside");
    assertThatThrownBy(() -> files.read(hadoop("root/a.txt"), 5))
        .isInstanceOf(UnreadableSampleException.class)
        .hasMessageContaining("longer than 5 bytes");
  }

  @Test
  void aLinkWithinTheDirectoryIsFollowed() throws Exception {
    RawFiles files = files();
    Files.writeString(folder.resolve("root/a.txt"), "inside");
    Files.createSymbolicLink(folder.resolve("root/b.txt"), Path.of("a.txt"));
    assertThat(files.read(hadoop("root/b.txt"), 6)).asString().isEqualTo("inside");
  }

  @Test
  void nothingOutsideIsRead() throws Exception {
    RawFiles files = files();
    Files.writeString(folder.resolve("secret.txt"), "outside");
    Files.createDirectories(folder.resolve("root-too"));
    Files.writeString(folder.resolve("root-too/secret.txt"), "outside");
    Files.createSymbolicLink(folder.resolve("root/link.txt"), folder.resolve("secret.txt"));
    Files.createSymbolicLink(folder.resolve("root/up"), folder);
    for (String name :
        new String[] {
          "root/link.txt", "root/up/secret.txt", "root/../secret.txt", "root-too/secret.txt"
        }) {
      assertThatThrownBy(() -> files.read(hadoop(name), 100))
          .as(name)
          .isInstanceOf(UnreadableSampleException.class)
          .matches(e -> ((UnreadableSampleException) e).reason() == Reason.UNSAFE_NAME);
      assertThatThrownBy(() -> files.open(hadoop(name)).close())
          .as(name)
          .isInstanceOf(PreprocessingException.class)
          .hasMessageContaining("outside");
    }
  }

  @Test
  void linksLeadOutOfTheRootOnlyBelowDirectoriesThatSomebodyNames() throws Exception {
    files();
    Path disk = Files.createDirectories(folder.resolve("disk/images"));
    Files.writeString(disk.resolve("a.txt"), "linked");
    Files.writeString(folder.resolve("disk/secret.txt"), "outside");
    Files.createDirectories(folder.resolve("disk/images-too"));
    Files.writeString(folder.resolve("disk/images-too/b.txt"), "outside");
    Files.createSymbolicLink(folder.resolve("root/linked"), disk);
    Files.createSymbolicLink(folder.resolve("root/b.txt"), folder.resolve("disk/images-too/b.txt"));
    Files.createSymbolicLink(disk.resolve("further.txt"), folder.resolve("disk/secret.txt"));
    RawRoot root =
        RawRoot.of(
            folder.resolve("root").toString(), List.of(disk.toString()), HadoopDefaults.copy());
    RawFiles files = root.files(HadoopDefaults.copy());
    assertThat(files.read(hadoop("root/linked/a.txt"), 10)).asString().isEqualTo("linked");
    assertThat(files.names(hadoop("root/linked"))).containsExactly("a.txt", "further.txt");
    for (String name :
        new String[] {"root/b.txt", "root/linked/further.txt", "disk/images/a.txt"}) {
      assertThatThrownBy(() -> files.read(hadoop(name), 100))
          .as(name)
          .isInstanceOf(UnreadableSampleException.class)
          .matches(e -> ((UnreadableSampleException) e).reason() == Reason.UNSAFE_NAME);
    }
    for (String link : List.of("disk/images", "/no/such/directory", folder + "/disk/secret.txt")) {
      assertThatThrownBy(() -> RawRoot.of(root.directory(), List.of(link), HadoopDefaults.copy()))
          .isInstanceOf(PreprocessingException.class)
          .hasMessageContaining("--follow-links " + link + " is no directory with an absolute path")
          .matches(e -> ((PreprocessingException) e).exitCode() == 2);
    }
  }

  @Test
  void aLinkToItselfIsAMissingFile() throws Exception {
    RawFiles files = files();
    Files.createSymbolicLink(folder.resolve("root/loop"), Path.of("loop"));
    assertThatThrownBy(() -> files.read(hadoop("root/loop"), 100))
        .isInstanceOf(UnreadableSampleException.class);
  }

  @Test
  void aNameThatIsNoTextIsToldAndNotPassedOver() throws Exception {
    RawFiles files = files();
    // A name of bytes that are no UTF-8, as an old archive may bring; Java cannot make one.
    Process process =
        new ProcessBuilder("sh", "-c", "touch \"$(printf 'caf\\351.jpg')\"")
            .directory(folder.resolve("root").toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    assertThat(process.waitFor()).isZero();
    assertThatThrownBy(() -> files.names(hadoop("root")))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("LC_ALL=C.UTF-8");
  }

  @Test
  void whatSystemsLeaveBesideFilesIsNobodys() throws Exception {
    RawFiles files = files();
    for (String name :
        new String[] {
          "a.jpg", "Thumbs.db", "desktop.ini", ".DS_Store", "._a.jpg", "a.jpg:Zone.Identifier"
        }) {
      Files.writeString(folder.resolve("root").resolve(name), "x");
    }
    Files.createDirectories(folder.resolve("root/__MACOSX"));
    Files.createDirectories(folder.resolve("root/images"));
    assertThat(files.names(hadoop("root"))).containsExactly("a.jpg");
    assertThat(files.directories(hadoop("root"))).containsExactly("images");
  }

  @Test
  void aLinkToItselfOrToNothingIsToldAsSuch() throws Exception {
    RawFiles files = files();
    Files.createSymbolicLink(folder.resolve("root/loop.png"), Path.of("loop.png"));
    Files.createSymbolicLink(folder.resolve("root/gone.png"), Path.of("nothing.png"));
    for (String name : new String[] {"root/loop.png", "root/gone.png"}) {
      assertThatThrownBy(() -> files.read(hadoop(name), 9))
          .isInstanceOf(UnreadableSampleException.class)
          .hasMessageContaining("a link that leads nowhere, or to itself");
    }
    assertThatThrownBy(() -> files.read(hadoop("root/no.png"), 9))
        .hasMessage("the file is not there");
  }

  @Test
  void aNameThatTheLocaleCannotWriteIsTheMachinesFault() {
    assertThatThrownBy(
            () -> RawFiles.refuseUnwritable("/raw/caf\u00e9.png", StandardCharsets.US_ASCII))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("LC_ALL=C.UTF-8");
    RawFiles.refuseUnwritable("/raw/caf\u00e9.png", StandardCharsets.UTF_8);
  }
}
