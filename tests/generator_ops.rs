//! The operations around the convolution: values against PyTorch, derivatives against central differences, refusals.

mod op_kit;

use candle_core::{DType, Device, Result, Tensor};
use op_kit::{Golden, assert_close, check_derivative, check_gradients, hold_backend, noise};
use pentimento::compute::{Activation, Backend, Conv, Epilogue, Fir, Weight, conv2d, upfirdn2d};
use pentimento::generators::ops::*;

const LRELU: Activation = Activation::LeakyRelu { slope: 0.2, gain: std::f64::consts::SQRT_2 };
const ODD: [f64; 5] = [1.0, 2.0, 4.0, 7.0, -3.0];

type Case = (&'static str, fn(&Golden) -> Result<Tensor>);

fn affine<T>(golden: &Golden, use_it: impl FnOnce(Affine<'_>) -> T) -> T {
    let (weight, bias) = (golden.get("affine.weight"), golden.get("affine.bias"));
    use_it(Affine { weight: &weight, bias: &bias })
}

fn fir(golden: &Golden, fir: Fir) -> Result<Tensor> {
    upfirdn2d(&golden.strided("image.x"), &ODD, fir)
}

fn offset(golden: &Golden) -> Tensor {
    op_kit::strided(&golden.get("image.x").affine(2.0, 5.0).expect("it is finite"))
}

/// Each reads strided inputs; the expected result is `NAME.y`.
const CASES: &[Case] = &[
    ("fir_up", |g| fir(g, Fir { up: 2, down: 1, x_pads: (3, -1), y_pads: (2, 1) })),
    ("fir_down", |g| fir(g, Fir { up: 1, down: 2, x_pads: (-1, 3), y_pads: (4, 0) })),
    ("fir_both", |g| fir(g, Fir { up: 3, down: 2, x_pads: (2, 2), y_pads: (-2, 5) })),
    ("fir_same", |g| fir(g, Fir::new(1, 1, (2, 2)))),
    ("upsample_2x", |g| upsample_2x(&g.strided("image.x"), &BLUR_TAPS)),
    ("downsample_2x", |g| downsample_2x(&g.strided("even.x"), &BLUR_TAPS)),
    ("blur", |g| blur(&g.strided("image.x"), &BLUR_TAPS)),
    ("nearest_2x", |g| nearest_2x(&g.strided("image.x"))),
    ("bilinear_2x", |g| bilinear_2x(&g.strided("image.x"))),
    ("area_down", |g| area_down(&g.strided("even.x"), 3)),
    ("reflection_pad2d", |g| reflection_pad2d(&g.strided("image.x"), Sides { left: 4, right: 1, top: 2, bottom: 6 })),
    ("replication_pad2d", |g| replication_pad2d(&g.strided("image.x"), Sides { left: 4, right: 1, top: 2, bottom: 6 })),
    ("instance_norm", |g| {
        affine(g, |affine| instance_norm(&offset(g), Some(affine), NORM_EPS, Activation::leaky(0.2)))
    }),
    ("batch_norm_train", |g| {
        Ok(affine(g, |affine| batch_norm_train(&offset(g), Some(affine), NORM_EPS, Activation::Identity))?.0)
    }),
    ("batch_norm", |g| {
        let mean = g.get("batch_norm_train.mean");
        let statistics = BatchStatistics { mean, variance: g.get("batch_norm_train.variance") };
        let norm = affine(g, |affine| BatchNorm::folded(&statistics, Some(affine), NORM_EPS))?;
        batch_norm(&g.strided("image.x"), &norm, Activation::Identity)
    }),
    ("pixel_norm", |g| pixel_norm(&g.strided("image.x"))),
    ("minibatch_stddev", |g| minibatch_stddev(&g.strided("minibatch_stddev.x"), 3)),
    ("noise_bias_act", |g| {
        let (scale, bias) = (g.get("affine.weight"), g.get("affine.bias"));
        let noise = g.strided("noise_bias_act.noise");
        noise_bias_act(&g.strided("image.x"), Some(&scale), Some(&noise), Some(&bias), LRELU)
    }),
    ("modulated_same", |g| modulated(g, Resample::Same, "image.x")),
    ("modulated_up", |g| modulated(g, Resample::Up, "image.x")),
    ("modulated_down", |g| modulated(g, Resample::Down, "modulated.thin")),
    ("modulated_rgb", |g| {
        let layer = ModulatedConv::new(&g.get("modulated.weight1"), Resample::Same)?.without_demodulation();
        let bias = g.get("affine.bias").narrow(0, 0, 2)?;
        let epilogue = StyledEpilogue { bias: Some(&bias), ..Default::default() };
        layer.forward(&g.strided("image.x"), &g.strided("modulated.styles"), epilogue)
    }),
    ("linear", |g| {
        let (weight, bias) = (g.strided("linear.weight"), g.get("linear.bias"));
        EqualLinear::new(weight, Some(bias), 0.01, LRELU)?.forward(&g.strided("linear.x"))
    }),
    ("hog", |g| hog(&g.strided("hog.x"), Hog { cell: 4, sharpness: 10.0 })),
    ("grid_sample_zeros", |g| grid_sample(g, Border::Zeros)),
    ("grid_sample_border", |g| grid_sample(g, Border::Border)),
];

fn modulated(golden: &Golden, resample: Resample, input: &str) -> Result<Tensor> {
    let layer = ModulatedConv::new(&golden.strided("modulated.weight"), resample)?;
    layer.forward(&golden.strided(input), &golden.strided("modulated.styles"), StyledEpilogue::default())
}

fn grid_sample(golden: &Golden, border: Border) -> Result<Tensor> {
    let grid = golden.strided("grid_sample.grid");
    grid_sample_bilinear(&golden.strided("image.x"), &grid, Positions::Unit, border)
}

#[test]
fn values_are_those_of_pytorch() {
    for (dtype, tolerance) in [(DType::F64, 1e-12), (DType::F32, 1e-5)] {
        let golden = Golden::load("ops.safetensors", dtype);
        for backend in [Backend::Own, Backend::Candle] {
            let _held = hold_backend(backend);
            for (name, run) in CASES {
                let what = format!("{name} in {dtype:?} by {backend:?}");
                let got = run(&golden).unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(got.dtype(), dtype, "{what}");
                assert_close(&what, &got, &golden.get(&format!("{name}.y")), tolerance);
            }
        }
    }
}

#[test]
fn running_statistics_follow_the_batches() {
    let _held = hold_backend(Backend::Own);
    let golden = Golden::load("ops.safetensors", DType::F64);
    let (_, batch) = batch_norm_train(&offset(&golden), None, NORM_EPS, Activation::Identity).unwrap();
    let start = BatchStatistics { mean: batch.mean.zeros_like().unwrap(), variance: batch.mean.ones_like().unwrap() };
    let running = update_running(&start, &batch, 0.1).unwrap();
    assert_close("mean", &running.mean, &golden.get("batch_norm_train.mean"), 1e-12);
    assert_close("variance", &running.variance, &golden.get("batch_norm_train.variance"), 1e-12);
}

#[test]
fn a_flat_plane_and_one_pixel_are_normalized_to_zero() {
    let _held = hold_backend(Backend::Own);
    for dims in [[2, 3, 1, 1], [1, 2, 64, 65]] {
        let xs = Tensor::full(1234.5_f32, &dims, &Device::Cpu).unwrap();
        let ys = instance_norm(&xs, None, NORM_EPS, Activation::Identity).unwrap();
        assert!(op_kit::values(&ys).iter().all(|y| *y == 0.0), "{dims:?}");
    }
}

#[test]
fn statistics_survive_a_large_mean() {
    let _held = hold_backend(Backend::Own);
    let xs = (noise(&[1, 2, 127, 131], 3) + 1000.0).unwrap().to_dtype(DType::F32).unwrap();
    let got = instance_norm(&xs, None, NORM_EPS, Activation::Identity).unwrap();
    let exact = instance_norm(&xs.to_dtype(DType::F64).unwrap(), None, NORM_EPS, Activation::Identity).unwrap();
    assert_close("instance_norm around 1000", &got, &exact, 1e-5);
}

#[test]
fn hog_mask_marks_the_cells_that_see_the_mask() {
    let _held = hold_backend(Backend::Own);
    let mut mask = vec![0.0_f32; 24 * 16];
    mask[9 * 16 + 3] = 1.0; // row 9, column 3
    let mask = Tensor::from_vec(mask, (1, 1, 24, 16), &Device::Cpu).unwrap();
    let cells = hog_mask(&mask, Hog::default()).unwrap();
    assert_eq!(cells.dims(), [1, 1, 3, 2]);
    assert_eq!(op_kit::values(&cells), [1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn hog_of_a_faint_edge_has_a_gradient() {
    let _held = hold_backend(Backend::Own);
    let rows: Vec<f64> = (0..256).map(|at| if at % 16 < 8 { 0.01 } else { -0.01 }).collect();
    let faint = candle_core::Var::from_vec(rows, (1, 1, 16, 16), &Device::Cpu).unwrap();
    let response = hog(&faint, Hog::default()).unwrap().narrow(1, 0, 1).unwrap().sum_all().unwrap();
    let grads = response.backward().unwrap();
    let steepest = op_kit::values(grads.get(&faint).unwrap()).into_iter().fold(0.0_f64, |a, b| a.max(b.abs()));
    assert!(steepest > 1e-3, "the steepest slope is {steepest}");
}

type GradientCase = (&'static str, &'static [&'static [usize]], fn(&[Tensor]) -> Result<Tensor>);

const LEAKY: Activation = Activation::leaky(0.2);

const GRADIENT_CASES: &[GradientCase] = &[
    ("upfirdn2d", &[&[2, 2, 5, 4]], |xs| {
        upfirdn2d(&xs[0], &ODD, Fir { up: 2, down: 3, x_pads: (3, -1), y_pads: (2, 4) })
    }),
    ("downsample_2x", &[&[2, 2, 4, 6]], |xs| downsample_2x(&xs[0], &BLUR_TAPS)),
    ("nearest_2x", &[&[2, 2, 3, 5]], |xs| nearest_2x(&xs[0])),
    ("bilinear_2x", &[&[1, 2, 3, 5]], |xs| bilinear_2x(&xs[0])),
    ("area_down", &[&[1, 2, 6, 3]], |xs| area_down(&xs[0], 3)),
    ("reflection_pad2d", &[&[1, 2, 4, 3]], |xs| {
        reflection_pad2d(&xs[0], Sides { left: 2, right: 1, top: 0, bottom: 3 })
    }),
    ("instance_norm", &[&[2, 3, 3, 5]], |xs| instance_norm(&xs[0], None, NORM_EPS, LEAKY)),
    ("instance_norm with affine", &[&[2, 3, 3, 3], &[3], &[3]], |xs| {
        instance_norm(&xs[0], Some(Affine { weight: &xs[1], bias: &xs[2] }), NORM_EPS, LEAKY)
    }),
    ("instance_norm with styles", &[&[2, 3, 3, 3], &[2, 3], &[2, 3]], |xs| {
        instance_norm(&xs[0], Some(Affine { weight: &xs[1], bias: &xs[2] }), NORM_EPS, LEAKY)
    }),
    ("batch_norm_train", &[&[3, 2, 2, 3], &[2], &[2]], |xs| {
        Ok(batch_norm_train(&xs[0], Some(Affine { weight: &xs[1], bias: &xs[2] }), NORM_EPS, LEAKY)?.0)
    }),
    ("batch_norm_train of features", &[&[5, 3], &[3], &[3]], |xs| {
        Ok(batch_norm_train(&xs[0], Some(Affine { weight: &xs[1], bias: &xs[2] }), NORM_EPS, LEAKY)?.0)
    }),
    ("pixel_norm", &[&[2, 5, 2, 3]], |xs| pixel_norm(&xs[0])),
    ("minibatch_stddev", &[&[4, 2, 2, 3]], |xs| minibatch_stddev(&xs[0], 2)),
    ("leaky_relu", &[&[7]], |xs| leaky_relu(&xs[0], 0.2, 1.4)),
    ("noise_bias_act", &[&[2, 3, 3, 2], &[2, 3], &[2, 1, 3, 2], &[3]], |xs| {
        noise_bias_act(&xs[0], Some(&xs[1]), Some(&xs[2]), Some(&xs[3]), LRELU)
    }),
    ("bias_act with constants", &[&[2, 3, 3, 2]], |xs| {
        let list = noise(&[2, 3], 8);
        scale_bias_act(&xs[0], Some(&list), Some(&list), LRELU)
    }),
    ("modulated_conv2d", &[&[2, 3, 4, 5], &[2, 3], &[2, 3, 3, 3], &[2]], |xs| {
        let epilogue = StyledEpilogue { bias: Some(&xs[3]), activation: LRELU, ..Default::default() };
        ModulatedConv::new(&xs[2], Resample::Same)?.forward(&xs[0], &xs[1], epilogue)
    }),
    ("modulated_conv2d up", &[&[1, 3, 3, 2], &[1, 3], &[2, 3, 3, 3]], |xs| {
        ModulatedConv::new(&xs[2], Resample::Up)?.forward(&xs[0], &xs[1], StyledEpilogue::default())
    }),
    ("frozen modulated_conv2d down", &[&[2, 3, 4, 6], &[2, 3]], |xs| {
        let weight = noise(&[2, 3, 3, 3], 5);
        let epilogue = StyledEpilogue { activation: LRELU, ..Default::default() };
        ModulatedConv::new(&weight, Resample::Down)?.forward(&xs[0], &xs[1], epilogue)
    }),
    ("linear", &[&[2, 5], &[3, 5], &[3]], |xs| {
        EqualLinear::new(xs[1].clone(), Some(xs[2].clone()), 0.5, LRELU)?.forward(&xs[0])
    }),
    ("hog", &[&[1, 2, 5, 8]], |xs| hog(&xs[0], Hog { cell: 4, sharpness: 3.0 })),
    ("grid_sample_bilinear, zeros", &[&[2, 2, 4, 3], &[2, 2, 3, 2]], |xs| {
        grid_sample_bilinear(&xs[0], &xs[1].affine(1.1, 1.03)?, Positions::Pixels, Border::Zeros)
    }),
    ("grid_sample_bilinear, border", &[&[2, 2, 4, 3], &[2, 2, 3, 2]], |xs| {
        grid_sample_bilinear(&xs[0], &xs[1], Positions::Unit, Border::Border)
    }),
];

#[test]
fn derivatives_of_both_orders_are_those_of_central_differences() {
    for backend in [Backend::Own, Backend::Candle] {
        let _held = hold_backend(backend);
        for (name, shapes, op) in GRADIENT_CASES {
            let inputs: Vec<_> = (1..).zip(*shapes).map(|(seed, dims)| noise(dims, seed)).collect();
            check_gradients(&format!("{name} by {backend:?}"), op, &inputs);
        }
    }
}

/// R1 (Mescheder et al. 2018): the squared gradient of a discriminator in its picture, differentiated in the weights.
#[test]
fn r1_through_convolution_norm_and_leaky_relu_is_exact() {
    let penalty = |xs: &[Tensor]| -> Result<Tensor> {
        let [image, first, weight, bias, second] = xs else { unreachable!("five inputs") };
        let ys = conv2d(image, &Weight::new(first)?, Conv::strided(2, 1), Epilogue::new(None, LRELU))?;
        let ys = instance_norm(&ys, Some(Affine { weight, bias }), NORM_EPS, LRELU)?;
        let score = conv2d(&ys, &Weight::new(second)?, Conv::padded(0), Epilogue::default())?;
        let grads = score.sqr()?.sum_all()?.backward()?;
        grads.get(image).expect("the image has a gradient").sqr()?.sum_all()
    };
    let shapes: [&[usize]; 5] = [&[2, 2, 7, 9], &[3, 2, 3, 3], &[3], &[3], &[1, 3, 3, 3]];
    let inputs: Vec<_> = (11..).zip(shapes).map(|(seed, dims)| noise(dims, seed)).collect();
    let _held = hold_backend(Backend::Own);
    check_derivative("R1", &penalty, &inputs, 1e-6);
}

type Refusal = (&'static str, &'static [usize], fn(&Tensor) -> Result<Tensor>);

const REFUSALS: &[Refusal] = &[
    ("upfirdn2d", &[3, 4, 4], |xs| upfirdn2d(xs, &ODD, Fir::new(1, 1, (2, 2)))),
    ("upfirdn2d", &[1, 2, 3, 9], |xs| upfirdn2d(xs, &ODD, Fir::new(1, 1, (0, 0)))),
    ("upfirdn2d", &[1, 2, 0, 9], |xs| upfirdn2d(xs, &ODD, Fir::new(1, 1, (3, 3)))),
    ("upfirdn2d", &[1, 2, 3, 9], |xs| upfirdn2d(xs, &ODD, Fir::new(0, 1, (3, 3)))),
    ("upsample_2x", &[4, 4], |xs| upsample_2x(xs, &BLUR_TAPS)),
    ("downsample_2x", &[1, 1, 3, 4], |xs| downsample_2x(xs, &BLUR_TAPS)),
    ("blur", &[1, 1, 4, 4], |xs| blur(xs, &[1.0, -1.0])),
    ("nearest_2x", &[1, 0, 4, 4], nearest_2x),
    ("bilinear_2x", &[1, 4, 4], bilinear_2x),
    ("area_down", &[1, 1, 4, 4], |xs| area_down(xs, 3)),
    ("reflection_pad2d", &[1, 1, 3, 4], |xs| reflection_pad2d(xs, Sides::all(3))),
    ("reflection_pad2d", &[3, 4], |xs| reflection_pad2d(xs, Sides::all(1))),
    ("replication_pad2d", &[0, 1, 3, 4], |xs| replication_pad2d(xs, Sides::all(1))),
    ("instance_norm", &[2, 3, 4], |xs| instance_norm(xs, None, NORM_EPS, Activation::Identity)),
    ("instance_norm", &[2, 3, 4, 4], |xs| {
        let four = Tensor::ones(4, DType::F32, &Device::Cpu)?;
        instance_norm(xs, Some(Affine { weight: &four, bias: &four }), NORM_EPS, Activation::Identity)
    }),
    ("instance_norm", &[2, 3, 4, 4], |xs| instance_norm(xs, None, 0.0, Activation::Identity)),
    ("batch_norm", &[1, 3], |xs| Ok(batch_norm_train(xs, None, NORM_EPS, Activation::Identity)?.0)),
    ("batch_norm", &[2, 3, 4], |xs| Ok(batch_norm_train(xs, None, NORM_EPS, Activation::Identity)?.0)),
    ("pixel_norm", &[5], pixel_norm),
    ("minibatch_stddev", &[6, 1, 2, 2], |xs| minibatch_stddev(xs, 4)),
    ("leaky_relu", &[2, 0], |xs| leaky_relu(xs, 0.2, 1.0)),
    ("bias_act", &[2, 3, 4, 4], |xs| bias_act(xs, Some(&noise(&[3], 1)), LEAKY)),
    ("noise_bias_act", &[2, 3, 4, 4], |xs| noise_bias_act(xs, None, Some(&xs.narrow(1, 0, 2)?), None, LEAKY)),
    ("modulated_conv2d", &[2, 3, 4, 4], |xs| {
        let layer = ModulatedConv::new(&Tensor::ones((2, 4, 3, 3), DType::F32, &Device::Cpu)?, Resample::Same)?;
        layer.forward(xs, &Tensor::ones((2, 4), DType::F32, &Device::Cpu)?, StyledEpilogue::default())
    }),
    ("modulated_conv2d", &[2, 3, 4, 4], |xs| {
        let layer = ModulatedConv::new(&Tensor::ones((2, 3, 3, 3), DType::F32, &Device::Cpu)?, Resample::Same)?;
        layer.forward(xs, &Tensor::ones((1, 3), DType::F32, &Device::Cpu)?, StyledEpilogue::default())
    }),
    ("modulated_conv2d", &[2, 3, 2, 2], |xs| {
        ModulatedConv::new(xs, Resample::Same)?;
        Ok(xs.clone())
    }),
    ("linear", &[2, 3], |xs| EqualLinear::new(xs.t()?, None, 1.0, LEAKY)?.forward(xs)),
    ("conv2d_down", &[1, 2, 4, 5], |xs| {
        let weight = Weight::new(&Tensor::ones((2, 2, 3, 3), DType::F32, &Device::Cpu)?)?;
        conv2d_down(xs, &weight, &BLUR_TAPS, Epilogue::default())
    }),
    ("hog", &[1, 1, 4, 9], |xs| hog(xs, Hog::default())),
    ("hog_mask", &[9, 9], |xs| hog_mask(xs, Hog::default())),
    ("grid_sample_bilinear", &[2, 1, 4, 4], |xs| {
        let one = Tensor::ones((1, 2, 2, 2), DType::F32, &Device::Cpu)?;
        grid_sample_bilinear(xs, &one, Positions::Pixels, Border::Zeros)
    }),
];

#[test]
fn refusals_name_the_operation_and_the_shape() {
    let _held = hold_backend(Backend::Own);
    for (name, dims, run) in REFUSALS {
        let xs = Tensor::ones(*dims, DType::F32, &Device::Cpu).unwrap();
        let error = run(&xs).expect_err(&format!("{name} of {dims:?} must be refused")).to_string();
        let first = error.lines().next().unwrap_or_default();
        assert!(first.contains(name) && first.contains(&format!("{dims:?}")), "{name} of {dims:?}: {first}");
    }
}
