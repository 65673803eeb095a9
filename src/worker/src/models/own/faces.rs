//! Models that look at faces and bodies: FaceXFormer, SwinFace, CCT, and models with a card.

use fieldgloss::analysis::models::said::Said;
use fieldgloss::analysis::models::{ImageInput, InputSpec, OWN, OutputKind, Region, channels};
use fieldgloss::analysis::networks::{IMAGENET, bicubic, cct, facexformer, planes, private, swinface};
use fieldgloss::analysis::observation::Reading;
use fieldgloss::analysis::training::regions;
use fieldgloss::analysis::{BBox, FaceObservation};
use tch::Tensor;

use super::super::nets::NetName;
use super::super::{Picture, Point, Square};
use super::{Output, OwnError, OwnModel, numbers};

/// How much larger than the face the square is that CCT looks at.
const CCT_WIDEN: f32 = 1.2;

impl OwnModel {
    /// What of a video it looks at; `None` for a model that takes no single picture.
    pub fn region(&self) -> Option<Region> {
        match (self.network().map(|network| network.name()), &self.card.input) {
            (Some(NetName::FaceXFormer | NetName::SwinFace | NetName::Cct), _) => Some(Region::Face),
            (None, Some(InputSpec::Image(image))) => Some(image.of),
            _ => None,
        }
    }

    /// What it says about a face of a picture; nothing where the face cannot be laid into its input.
    ///
    /// # Errors
    /// As [`OwnModel::ask`].
    pub fn look_at_face(&self, picture: &Picture<'_>, face: &FaceObservation) -> Result<Vec<Reading>, OwnError> {
        match self.network().map(|network| network.name()) {
            Some(NetName::FaceXFormer) => self.facexformer(picture, &face.bbox),
            Some(NetName::SwinFace) => self.swinface(picture, &face.landmarks),
            Some(NetName::Cct) => {
                let Some(square) = square(&face.bbox, CCT_WIDEN) else { return Ok(Vec::new()) };
                let side = cct::SIDE as i64;
                let input = tensor(&cct::prepare(&square.sample(picture, cct::SIDE)), &[1, 3, side, side])?;
                let outputs = self.run(&[input])?;
                let (_, logits) = outputs.first().ok_or(OwnError::NoInput)?;
                Ok(vec![self.reading("", cct::shares(&numbers(logits)?))])
            }
            _ => self.look_at(picture, &face.bbox),
        }
    }

    /// What a model with a card says about what lies in a box.
    ///
    /// # Errors
    /// As [`OwnModel::ask`]; a model that takes no picture.
    pub fn look_at(&self, picture: &Picture<'_>, bbox: &BBox) -> Result<Vec<Reading>, OwnError> {
        let Some(InputSpec::Image(image)) = &self.card.input else { return Err(self.takes_other("a picture")) };
        let Some(square) = square(bbox, image.widen) else { return Ok(Vec::new()) };
        self.look_into(picture, image, &square, false)
    }

    /// What a model with a card says about the hand that a body holds higher: x, y, z and visibility of each point.
    ///
    /// # Errors
    /// As [`OwnModel::ask`]; a model that takes no picture.
    pub fn look_at_hand(&self, picture: &Picture<'_>, pose: &[[f32; 4]]) -> Result<Vec<Reading>, OwnError> {
        let Some(InputSpec::Image(image)) = &self.card.input else { return Err(self.takes_other("a picture")) };
        let Some(hand) = regions::hand(pose.as_flattened()) else { return Ok(Vec::new()) };
        let side = hand.side * image.widen;
        let square = Square { centre: Point { x: hand.x, y: hand.y }, side, angle: hand.angle };
        if !square.is_usable() {
            return Ok(Vec::new());
        }
        self.look_into(picture, image, &square, hand.mirrored)
    }

    fn look_into(
        &self,
        picture: &Picture<'_>,
        image: &ImageInput,
        square: &Square,
        mirrored: bool,
    ) -> Result<Vec<Reading>, OwnError> {
        let mut levels = cropped(picture, square, image);
        if mirrored {
            levels.as_chunks_mut::<3>().0.chunks_exact_mut(image.width.max(1)).for_each(<[_]>::reverse);
        }
        let input = tensor(&image.prepare(&levels), &image.shape())?;
        let said = self.ask(&[input], [image.width as f32, image.height as f32])?;
        let place = |x: f32, y: f32| {
            let point = square.to_picture(if mirrored { 1.0 - x } else { x }, y, 1);
            [point.x, point.y]
        };
        Ok(match said {
            Said::Shares(values) => vec![self.reading("", values)],
            Said::Curve(values) => {
                let all = channels(&self.card).into_iter().zip(values);
                all.map(|(channel, value)| Reading { channel: channel.channel, values: vec![value] }).collect()
            }
            Said::Points(points) => {
                vec![self.reading(".points", points.iter().flat_map(|[x, y]| place(*x, *y)).collect())]
            }
            Said::Boxes(boxes) => {
                // One box a label, the surest: a channel has the same width throughout.
                let mut values = vec![f32::NAN; self.card.labels.len() * 5];
                for found in boxes {
                    let row = &mut values[found.label * 5..found.label * 5 + 5];
                    if row[4].is_nan() || row[4] < found.confidence {
                        let ([left, top], [right, bottom]) =
                            (place(found.left, found.top), place(found.right, found.bottom));
                        row.copy_from_slice(&[left, top, right, bottom, found.confidence]);
                    }
                }
                vec![self.reading(".boxes", values)]
            }
            Said::Text { .. } => Vec::new(),
        })
    }

    /// What a model with a card says about a whole picture, stretched to its size.
    ///
    /// # Errors
    /// As [`OwnModel::ask`]; a model that takes no picture.
    pub fn look_at_frame(&self, width: usize, height: usize, rgb: &[u8]) -> Result<Said, OwnError> {
        let Some(InputSpec::Image(image)) = &self.card.input else { return Err(self.takes_other("a picture")) };
        let whole = bicubic::Rgb { width, height, levels: rgb };
        let levels = bicubic::resized(whole, [0, 0, width, height], image.width, image.height);
        let levels: Vec<f32> = levels.into_iter().map(f32::from).collect();
        let input = tensor(&image.prepare(&levels), &image.shape())?;
        self.ask(&[input], [image.width as f32, image.height as f32])
    }

    fn reading(&self, end: &str, values: Vec<f32>) -> Reading {
        Reading { channel: format!("{OWN}{}{end}", self.card.name), values }
    }

    fn facexformer(&self, picture: &Picture<'_>, bbox: &BBox) -> Result<Vec<Reading>, OwnError> {
        let Some(cut) = facexformer::cut(bbox, picture.width(), picture.height()) else { return Ok(Vec::new()) };
        let side = facexformer::SIDE;
        let whole = bicubic::Rgb { width: picture.width(), height: picture.height(), levels: picture.rgb() };
        let levels = bicubic::resized(whole, cut, side, side);
        let levels: Vec<f32> = levels.into_iter().map(f32::from).collect();
        let input = tensor(&planes(&levels, IMAGENET.0, IMAGENET.1), &[1, 3, side as i64, side as i64])?;
        let outputs = self.run(&[input])?;
        let of = |name: &str| find(&outputs, name);
        let shares = facexformer::shares(&of("attribute")?);
        let told = |(name, share): (&&str, f32)| private::is_told(name, self.card.personal).then_some(share);
        let mut readings = vec![
            self.reading(".parts", facexformer::part_shares(&facexformer::parsing(&of("seg")?)).to_vec()),
            self.reading(".pose", facexformer::head_pose(&of("headpose")?).unwrap_or([f32::NAN; 3]).to_vec()),
            self.reading(".landmarks", facexformer::landmarks(&of("landmark")?, &cut).into_flattened()),
            self.reading(".visibility", facexformer::shares(&of("visibility")?)),
            self.reading(".attributes", facexformer::ATTRIBUTES.iter().zip(shares).filter_map(told).collect()),
        ];
        if self.card.personal {
            use fieldgloss::analysis::models::said::softmax;
            readings.push(self.reading(".age", softmax(&of("age")?)));
            readings.push(self.reading(".sex", softmax(&of("gender")?)));
        }
        Ok(readings)
    }

    fn swinface(&self, picture: &Picture<'_>, mesh: &[[f32; 3]]) -> Result<Vec<Reading>, OwnError> {
        let Some(laid) = swinface::alignment(mesh) else { return Ok(Vec::new()) };
        let side = swinface::SIDE;
        let [x, y] = laid.of([side as f32 / 2.0; 2]);
        let square =
            Square { centre: Point { x, y }, side: laid.a.hypot(laid.b) * side as f32, angle: laid.b.atan2(laid.a) };
        if !square.is_usable() {
            return Ok(Vec::new());
        }
        let input = tensor(&swinface::prepare(&square.sample(picture, side)), &[1, 3, side as i64, side as i64])?;
        let outputs = self.run(&[input])?;
        let mut readings = Vec::new();
        if let Some(expressions) = swinface::expressions(&find(&outputs, "expression")?) {
            readings.push(self.reading(".expression", expressions.to_vec()));
        }
        let names = channels(&self.card).into_iter().find(|c| c.channel.ends_with(".attributes"));
        let mut attributes = Vec::new();
        for name in names.map(|c| c.names).unwrap_or_default() {
            attributes.push(swinface::yes(&find(&outputs, &name)?).unwrap_or(f32::NAN));
        }
        readings.push(self.reading(".attributes", attributes));
        if self.card.personal {
            use fieldgloss::analysis::models::said::softmax;
            readings.push(self.reading(".age", find(&outputs, "age")?));
            readings.push(self.reading(".sex", softmax(&find(&outputs, "gender")?)));
        }
        Ok(readings)
    }

    /// Whether its answer is text or labels rather than places.
    pub fn gives_words(&self) -> bool {
        self.card.output.as_ref().is_some_and(|o| matches!(o.kind, OutputKind::Labels | OutputKind::Text))
    }
}

fn tensor(values: &[f32], shape: &[i64]) -> Result<Tensor, OwnError> {
    Ok(Tensor::f_from_slice(values)?.f_reshape(shape)?)
}

fn find(outputs: &[Output], name: &str) -> Result<Vec<f32>, OwnError> {
    let value = outputs.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    numbers(value.ok_or_else(|| OwnError::Failed(format!("there is no output {name}")))?)
}

/// The upright square around a box.
fn square(bbox: &BBox, widen: f32) -> Option<Square> {
    let (x, y) = bbox.centre();
    let square = Square { centre: Point { x, y }, side: bbox.width.max(bbox.height) * widen, angle: 0.0 };
    square.is_usable().then_some(square)
}

/// Levels of a square in the size that a card asks for.
fn cropped(picture: &Picture<'_>, square: &Square, image: &ImageInput) -> Vec<f32> {
    let side = image.width.max(image.height);
    let levels = square.sample(picture, side);
    if image.width == image.height {
        return levels;
    }
    let levels: Vec<u8> = levels.into_iter().map(|v| v.round().clamp(0.0, 255.0) as u8).collect();
    let whole = bicubic::Rgb { width: side, height: side, levels: &levels };
    bicubic::resized(whole, [0, 0, side, side], image.width, image.height).into_iter().map(f32::from).collect()
}
