package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InvalidInputExceptionTest {
  private static final Path FILE = Path.of("a.txt");

  @Test
  void saysWhyReadingFailed() {
    assertThat(InvalidInputException.reading(FILE, new NoSuchFileException("a.txt")))
        .hasMessage("a.txt: cannot be read: no such file; check the path");
    assertThat(InvalidInputException.reading(FILE, new AccessDeniedException("a.txt")))
        .hasMessage(
            "a.txt: cannot be read: permission to read it is denied; change its permissions or name"
                + " another file");
    assertThat(InvalidInputException.reading(FILE, new MalformedInputException(1)))
        .hasMessage("a.txt: cannot be read: is not valid UTF-8; save it as UTF-8");
    assertThat(InvalidInputException.reading(FILE, new IOException("Input/output error\nmore")))
        .hasMessage("a.txt: cannot be read: Input/output error; check the disk and the path");
    assertThat(InvalidInputException.reading(FILE, new IOException()))
        .hasMessage(
            "a.txt: cannot be read: the file system reports a fault; check the disk and the path");
  }

  @Test
  void saysWhyWritingFailed() {
    assertThat(InvalidInputException.writing(FILE, new AccessDeniedException("a.txt")))
        .hasMessage(
            "a.txt: cannot be written: permission is denied; change the permissions or name another"
                + " file");
    assertThat(
            InvalidInputException.writing(
                FILE, new FileSystemException("x.tmp", null, "Read-only file system")))
        .hasMessage("a.txt: cannot be written: Read-only file system; check the disk and the path");
  }

  /** Names in files may hold anything; found by fuzzing a mapping file. */
  @Test
  void theMessageStaysOneLine() {
    String expected = "m.json: \\u000d\\u000a and \\u001b[31m are named";
    assertThat(new InvalidInputException("m.json: \r\n and \u001b[31m are named"))
        .hasMessage(expected);
    assertThat(new InvalidInputException("m.json: \r\n and \u001b[31m are named", null))
        .hasMessage(expected);
  }
}
