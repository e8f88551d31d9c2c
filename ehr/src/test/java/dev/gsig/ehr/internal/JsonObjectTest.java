package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JsonObjectTest {
  private static final JsonObject JSON =
      Json.object(
          "{\"text\":\"x\",\"whole\":3,\"wholeAsDouble\":4.0,\"half\":0.5,\"big\":3000000000,"
              + "\"flag\":true,\"nothing\":null,\"list\":[1,\"a\"],\"ints\":[1,2],"
              + "\"texts\":[\"a\",\"b\"],\"child\":{\"items\":[{\"k\":1},{\"k\":\"v\"}]}}",
          "file, line 2");

  @Test
  void gettersReturnWhatIsThere() {
    assertThat(JSON.source()).isEqualTo("file, line 2");
    assertThat(JSON.string("text")).isEqualTo("x");
    assertThat(JSON.integer("whole")).isEqualTo(3);
    assertThat(JSON.integer("wholeAsDouble")).isEqualTo(4);
    assertThat(JSON.number("half")).isEqualTo(0.5);
    assertThat(JSON.number("whole")).isEqualTo(3.0);
    assertThat(JSON.bool("flag", false)).isTrue();
    assertThat(JSON.integers("ints")).containsExactly(1, 2);
    assertThat(JSON.numbers("ints")).containsExactly(1.0, 2.0);
    assertThat(JSON.strings("texts")).containsExactly("a", "b");
    assertThat(JSON.list("list")).isEqualTo(List.of(1L, "a"));
    assertThat(JSON.object("child").objects("items").get(0).integer("k")).isEqualTo(1);
  }

  @Test
  void nullCountsAsAbsent() {
    for (String key : List.of("nothing", "unheard-of")) {
      assertThat(JSON.has(key)).isFalse();
      assertThat(JSON.stringOrNull(key)).isNull();
      assertThat(JSON.integerOrNull(key)).isNull();
      assertThat(JSON.numberOrNull(key)).isNull();
      assertThat(JSON.objectOrNull(key)).isNull();
      assertThat(JSON.bool(key, true)).isTrue();
    }
  }

  @Test
  void messagesNameSourcePathExpectedAndFound() {
    refused(j -> j.string("whole"), "\"whole\" must be a text, but is 3");
    refused(j -> j.string("gone"), "\"gone\" is missing; it must be a text");
    refused(j -> j.string("nothing"), "\"nothing\" is null; it must be a text");
    refused(j -> j.integer("half"), "\"half\" must be a whole number, but is 0.5");
    refused(j -> j.integer("text"), "\"text\" must be a whole number, but is the text \"x\"");
    refused(
        j -> j.integer("big"),
        "\"big\" must be a whole number below 2^31 in size, but is 3000000000");
    refused(j -> j.number("flag"), "\"flag\" must be a number, but is true");
    refused(j -> j.bool("whole", true), "\"whole\" must be true or false, but is 3");
    refused(j -> j.list("child"), "\"child\" must be a list, but is an object");
    refused(j -> j.integers("list"), "\"list[1]\" must be a whole number, but is the text \"a\"");
    refused(j -> j.numbers("list"), "\"list[1]\" must be a number, but is the text \"a\"");
    refused(j -> j.strings("list"), "\"list[0]\" must be a text, but is 1");
    refused(j -> j.objects("ints"), "\"ints[0]\" must be an object, but is 1");
    refused(j -> j.object("ints"), "\"ints\" must be an object, but is a list");
    refused(
        j -> j.object("child").objects("items").get(1).integer("k"),
        "\"child.items[1].k\" must be a whole number, but is the text \"v\"");
    refused(
        j -> {
          throw j.object("child").invalid("items", "must be shorter");
        },
        "\"child.items\" must be shorter");
  }

  private static void refused(Consumer<JsonObject> get, String message) {
    assertThatThrownBy(() -> get.accept(JSON))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("file, line 2: " + message);
  }
}
