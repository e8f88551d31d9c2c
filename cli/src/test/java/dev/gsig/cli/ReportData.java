package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** The data inside a report's file. */
final class ReportData {
  private ReportData() {}

  /** The text of one of the page's data blocks. */
  static String block(Path report, String id) {
    String element = "<script type=\"[a-z/]+\" id=\"" + id + "\"[^>]*>(.*?)</script>";
    Matcher block = Pattern.compile(element, Pattern.DOTALL).matcher(Fixture.read(report));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  /** The text of one of the data blocks that are packed: patients a line each. */
  static String unpacked(Path report, String id) {
    return block(report, id).lines().map(ReportData::unpacked).collect(Collectors.joining("\n"));
  }

  private static String unpacked(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
