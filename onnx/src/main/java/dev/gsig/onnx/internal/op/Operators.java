package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The operators by name. */
public final class Operators {
  private static final Map<String, Function<Node, Operator>> ALL = all();

  private Operators() {}

  private static Map<String, Function<Node, Operator>> all() {
    Map<String, Function<Node, Operator>> set = new TreeMap<>();
    set.put("Abs", Abs::new);
    set.put("Acos", Acos::new);
    set.put("Add", Add::new);
    set.put("And", And::new);
    set.put("ArgMax", ArgMax::new);
    set.put("ArgMin", ArgMin::new);
    set.put("Asin", Asin::new);
    set.put("Atan", Atan::new);
    set.put("Attention", Attention::new);
    set.put("BatchNormalization", BatchNormalization::new);
    set.put("Cast", Cast::new);
    set.put("CastLike", CastLike::new);
    set.put("Ceil", Ceil::new);
    set.put("Clip", Clip::new);
    set.put("Concat", Concat::new);
    set.put("Constant", Constant::new);
    set.put("ConstantOfShape", ConstantOfShape::new);
    set.put("Conv", Conv::new);
    set.put("Cos", Cos::new);
    set.put("Cosh", Cosh::new);
    set.put("CumSum", CumSum::new);
    set.put("Div", Div::new);
    set.put("Dropout", Dropout::new);
    set.put("Einsum", Einsum::new);
    set.put("Elu", Elu::new);
    set.put("Equal", Equal::new);
    set.put("Erf", Erf::new);
    set.put("Exp", Exp::new);
    set.put("Expand", Expand::new);
    set.put("Flatten", Flatten::new);
    set.put("Floor", Floor::new);
    set.put("GRU", GRU::new);
    set.put("Gather", Gather::new);
    set.put("GatherElements", GatherElements::new);
    set.put("GatherND", GatherND::new);
    set.put("Gelu", Gelu::new);
    set.put("Gemm", Gemm::new);
    set.put("Greater", Greater::new);
    set.put("GreaterOrEqual", GreaterOrEqual::new);
    set.put("HardSigmoid", HardSigmoid::new);
    set.put("HardSwish", HardSwish::new);
    set.put("Identity", Identity::new);
    set.put("If", If::new);
    set.put("IsInf", IsInf::new);
    set.put("IsNaN", IsNaN::new);
    set.put("LSTM", LSTM::new);
    set.put("LayerNormalization", LayerNormalization::new);
    set.put("LeakyRelu", LeakyRelu::new);
    set.put("Less", Less::new);
    set.put("LessOrEqual", LessOrEqual::new);
    set.put("Log", Log::new);
    set.put("LogSoftmax", LogSoftmax::new);
    set.put("Loop", Loop::new);
    set.put("MatMul", MatMul::new);
    set.put("Max", Max::new);
    set.put("Mean", Mean::new);
    set.put("Min", Min::new);
    set.put("Mish", Mish::new);
    set.put("Mod", Mod::new);
    set.put("Mul", Mul::new);
    set.put("Neg", Neg::new);
    set.put("NonZero", NonZero::new);
    set.put("Not", Not::new);
    set.put("OneHot", OneHot::new);
    set.put("Or", Or::new);
    set.put("PRelu", PRelu::new);
    set.put("Pad", Pad::new);
    set.put("Pow", Pow::new);
    set.put("RMSNormalization", RMSNormalization::new);
    set.put("RNN", RNN::new);
    set.put("Range", Range::new);
    set.put("Reciprocal", Reciprocal::new);
    set.put("ReduceL1", ReduceL1::new);
    set.put("ReduceL2", ReduceL2::new);
    set.put("ReduceLogSum", ReduceLogSum::new);
    set.put("ReduceLogSumExp", ReduceLogSumExp::new);
    set.put("ReduceMax", ReduceMax::new);
    set.put("ReduceMean", ReduceMean::new);
    set.put("ReduceMin", ReduceMin::new);
    set.put("ReduceProd", ReduceProd::new);
    set.put("ReduceSum", ReduceSum::new);
    set.put("ReduceSumSquare", ReduceSumSquare::new);
    set.put("Relu", Relu::new);
    set.put("Reshape", Reshape::new);
    set.put("RotaryEmbedding", RotaryEmbedding::new);
    set.put("Round", Round::new);
    set.put("Scatter", ScatterElements::new); // its name before version 11
    set.put("ScatterElements", ScatterElements::new);
    set.put("ScatterND", ScatterND::new);
    set.put("Shape", Shape::new);
    set.put("Sigmoid", Sigmoid::new);
    set.put("Sign", Sign::new);
    set.put("Sin", Sin::new);
    set.put("Sinh", Sinh::new);
    set.put("Size", Size::new);
    set.put("Slice", Slice::new);
    set.put("Softmax", Softmax::new);
    set.put("Softplus", Softplus::new);
    set.put("Split", Split::new);
    set.put("Sqrt", Sqrt::new);
    set.put("Squeeze", Squeeze::new);
    set.put("Sub", Sub::new);
    set.put("Sum", Sum::new);
    set.put("SwiGLU", SwiGLU::new);
    set.put("Swish", Swish::new);
    set.put("Tanh", Tanh::new);
    set.put("Tile", Tile::new);
    set.put("TopK", TopK::new);
    set.put("Transpose", Transpose::new);
    set.put("Trilu", Trilu::new);
    set.put("Unsqueeze", Unsqueeze::new);
    set.put("Where", Where::new);
    set.put("Xor", Xor::new);
    return set;
  }

  /**
   * Makes a node's operator.
   *
   * @param node the node
   * @return the operator, or null if none has this name
   * @throws InvalidInputException if an attribute is not what it takes
   */
  public static Operator of(Node node) {
    Function<Node, Operator> maker = ALL.get(node.operator());
    return maker == null ? null : maker.apply(node);
  }

  /** The names of all operators, in order. */
  public static Set<String> names() {
    return ALL.keySet();
  }
}
