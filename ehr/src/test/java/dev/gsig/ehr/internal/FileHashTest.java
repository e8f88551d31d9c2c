package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileHashTest {
  @TempDir Path folder;

  /** Test vectors of FIPS 180-2, appendix B: the empty text, "abc", a million times "a". */
  @Test
  void matchesTheStandardsVectors() throws Exception {
    byte[] million = new byte[1_000_000];
    Arrays.fill(million, (byte) 'a');

    assertThat(hash(new byte[0]))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(hash("abc".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(hash(million))
        .isEqualTo("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  @Test
  void refusesWhatCannotBeRead() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> FileHash.sha256(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(missing + ": cannot be read: no such file; check the path");
    assertThatThrownBy(() -> FileHash.sha256(folder))
        .hasMessage(folder + ": is a folder; name a file");
  }

  private String hash(byte[] content) throws Exception {
    return FileHash.sha256(Files.write(folder.resolve("f"), content));
  }
}
